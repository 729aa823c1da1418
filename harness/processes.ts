import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { SandboxEndpoint } from '../gateway/src/testing/sandbox-environment.ts';

/** Ends what hangs; a busy machine may need long. */
const START_DEADLINE_MS = 120_000;
const STOP_DEADLINE_MS = 60_000;

const END_WITH_PARENT = new URL('../gateway/src/testing/end-with-parent.ts', import.meta.url).href;

const script = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

export interface Running {
  pid: number;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts the sandbox in a process of its own, as `npm run sandbox` does. */
export async function startSandbox(): Promise<Running & { info: SandboxEndpoint }> {
  const child = run(['whatsapp-sandbox/src/main.ts', '--port', '0'], {});
  const line = await firstLine(child, 'the sandbox');
  return { info: JSON.parse(line) as SandboxEndpoint, ...running(child) };
}

/** Starts the gateway, as `npm start` does, and waits until it is ready. */
export async function startGateway(port: number, env: Record<string, string>): Promise<Running> {
  const child = run(['gateway/src/cli/ryze.ts', 'serve'], { ...env, PORT: String(port), HOST: '127.0.0.1' });
  const died = once(child, 'exit').then(([code]) => {
    throw new Error(`the gateway ended with code ${code}`);
  });
  died.catch(() => {});
  child.stdout?.resume();
  await Promise.race([untilReady(`http://127.0.0.1:${port}/ready`), died]);
  return running(child);
}

/** Runs the command line and answers what it printed. */
export async function ryze(args: string[], env: Record<string, string>): Promise<string> {
  const child = run(['gateway/src/cli/ryze.ts', ...args], env);
  let output = '';
  child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`ryze ${args.join(' ')} ended with code ${code}`);
  return output.trim();
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

function run([file = '', ...args]: string[], env: Record<string, string>): ChildProcess {
  return spawn(process.execPath, ['--import', END_WITH_PARENT, script(file), ...args], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}

function running(child: ChildProcess): Running {
  if (child.pid === undefined) throw new Error('the process did not start');
  return { pid: child.pid, stop: (signal) => stop(child, signal) };
}

async function firstLine(child: ChildProcess, who: string): Promise<string> {
  if (!child.stdout) throw new Error(`${who} has no output`);
  const lines = createInterface({ input: child.stdout });
  const [line] = await Promise.race([
    once(lines, 'line', { signal: AbortSignal.timeout(START_DEADLINE_MS) }),
    once(child, 'exit').then(([code]) => {
      throw new Error(`${who} ended with code ${code}`);
    }),
  ]);
  child.stdout.resume();
  return line;
}

async function untilReady(url: string): Promise<void> {
  const deadline = Date.now() + START_DEADLINE_MS;
  for (;;) {
    const ready = await fetch(url).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ready) return;
    if (Date.now() > deadline) throw new Error(`${url} does not answer`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function stop(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  const tooLong = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS);
  await exited;
  clearTimeout(tooLong);
}
