import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface Question {
  id: number;
  command: string;
  details: unknown;
}

export type Reply = { id: number; result?: unknown; error?: string } | { event: string; details: unknown };

/** A process of the benchmark that takes commands; the other side is `serveCommands`. */
export class Worker {
  readonly #child: ChildProcess;
  readonly #open = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #listeners = new Map<string, (details: never) => void>();
  #next = 1;

  /** `file` is relative to `bench/`. */
  constructor(file: string, args: string[] = []) {
    const path = fileURLToPath(new URL(`../${file}`, import.meta.url));
    this.#child = fork(path, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.#child.on('message', (reply) => this.#take(reply as Reply));
    this.#child.on('exit', (code) => this.#fail(new Error(`${file} ended with code ${code}`)));
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('the process did not start');
    return this.#child.pid;
  }

  // biome-ignore lint/suspicious/noExplicitAny: answers are read field by field
  ask(command: string, details: unknown = null): Promise<any> {
    const id = this.#next++;
    const answer = Promise.withResolvers<unknown>();
    this.#open.set(id, answer);
    this.#child.send({ id, command, details } satisfies Question);
    return answer.promise;
  }

  on<T>(event: string, listener: (details: T) => void): void {
    this.#listeners.set(event, listener);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await exited;
  }

  #take(reply: Reply): void {
    if ('event' in reply) {
      this.#listeners.get(reply.event)?.(reply.details as never);
      return;
    }
    const answer = this.#open.get(reply.id);
    this.#open.delete(reply.id);
    if (reply.error === undefined) answer?.resolve(reply.result);
    else answer?.reject(new Error(reply.error));
  }

  #fail(error: Error): void {
    for (const answer of this.#open.values()) answer.reject(error);
    this.#open.clear();
  }
}
