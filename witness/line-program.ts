import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { EventLog } from './event-log.ts';

const CALL_DEADLINE_MS = 20_000;
/** As much of what it logs as an error message shows. */
const LOG_TAIL = 4_000;

/** What a witness reports by itself. */
export interface WitnessEvent {
  event: string;
  // biome-ignore lint/suspicious/noExplicitAny: each witness reports in its own words; tests read them field by field
  data: any;
}

interface Response {
  id: string;
  ok: boolean;
  data?: unknown;
  error?: string;
}

/**
 * A program that takes a command per line of JSON on stdin (`{id, cmd, args}`) and writes answers (`{id, ok, data}`,
 * `{id, ok: false, error}`) and events (`{event, data}`) on stdout. It ends when its stdin closes, so it does not
 * outlive the process of the test.
 */
export class LineProgram {
  readonly events: EventLog<WitnessEvent>;
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #pending = new Map<string, PromiseWithResolvers<unknown>>();
  #calls = 0;
  #logged = '';
  #ended: Error | null = null;

  private constructor(name: string, child: ChildProcess) {
    this.#name = name;
    this.#child = child;
    this.events = new EventLog(name);
    const { stdout, stderr, stdin } = child;
    if (!stdout || !stderr || !stdin) throw new Error(`${name} has no pipes`);
    createInterface({ input: stdout }).on('line', (line) => this.#read(line));
    stderr.on('data', (chunk: Buffer) => this.#log(chunk.toString()));
    // A write after the end is reported by `exit`, which rejects the call that made it.
    stdin.on('error', (error) => this.#end(error));
    child.on('error', (error) => this.#end(error));
    child.on('exit', (code, signal) =>
      this.#end(new Error(`${name} ended with ${signal ?? code}\n${this.#logged}`)),
    );
  }

  static start(name: string, file: string, args: string[], env: NodeJS.ProcessEnv): LineProgram {
    return new LineProgram(name, spawn(file, args, { env, stdio: ['pipe', 'pipe', 'pipe'] }));
  }

  /** Resolves with the `data` of the answer; rejects with its `error`, or after `deadlineMs` milliseconds. */
  async call<Data>(cmd: string, args: object = {}, deadlineMs = CALL_DEADLINE_MS): Promise<Data> {
    if (this.#ended) throw this.#ended;
    const id = String(++this.#calls);
    const answer = Promise.withResolvers<unknown>();
    const timer = setTimeout(
      () => answer.reject(new Error(`${this.#name} did not answer ${cmd} within ${deadlineMs} ms`)),
      deadlineMs,
    );
    this.#pending.set(id, answer);
    this.#child.stdin?.write(`${JSON.stringify({ id, cmd, args })}\n`);
    try {
      return (await answer.promise) as Data;
    } catch (error) {
      const asked = `${this.#name}: ${cmd} ${JSON.stringify(args).slice(0, 300)}`;
      throw new Error(this.#logged ? `${asked}\n${this.#logged}` : asked, { cause: error });
    } finally {
      clearTimeout(timer);
      this.#pending.delete(id);
    }
  }

  /** Resolves when the process has ended. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }

  #read(line: string): void {
    // Libraries inside a program write their warnings to the same place.
    if (!line.startsWith('{')) {
      this.#log(`${line}\n`);
      return;
    }
    const message = JSON.parse(line) as Response | WitnessEvent;
    if ('event' in message) {
      this.events.add(message);
      return;
    }
    const answer = this.#pending.get(message.id);
    if (message.ok) answer?.resolve(message.data);
    else answer?.reject(new Error(message.error ?? 'an error without a text'));
  }

  #log(text: string): void {
    this.#logged = (this.#logged + text).slice(-LOG_TAIL);
  }

  #end(error: Error): void {
    this.#ended ??= error;
    for (const { reject } of this.#pending.values()) reject(error);
    this.events.fail(error);
  }
}
