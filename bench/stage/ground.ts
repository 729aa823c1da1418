import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SandboxEndpoint, sandboxEnvironment } from '../../gateway/src/testing/sandbox-environment.ts';
import { freePort, type Running, startGateway, startSandbox } from '../../harness/processes.ts';
import { Worker } from '../workers/worker.ts';
import { Api } from './api.ts';

const ADMIN_TOKEN = 'benchmark-admin-token';

export interface GroundOptions {
  /** Folder for CPU profiles of every gateway. */
  profile?: string;
}

export interface GatewayProcess {
  api: Api;
  /** The process that runs now. */
  readonly process: Running;
  stop(): Promise<void>;
  /** Starts it again on the same data; resolves when it answers `/ready`. */
  start(): Promise<void>;
}

/** Starts processes in a temporary folder, and ends all of them in the reverse order. */
export class Ground {
  readonly #profile: string | undefined;
  readonly #ends: (() => Promise<unknown>)[] = [];

  constructor({ profile }: GroundOptions) {
    this.#profile = profile;
  }

  async sandbox(): Promise<Running & { info: SandboxEndpoint }> {
    const sandbox = await startSandbox();
    this.#ends.push(() => sandbox.stop());
    return sandbox;
  }

  async gateway({ info }: { info: SandboxEndpoint }): Promise<GatewayProcess> {
    const port = await freePort();
    const env = {
      DATA_DIR: await this.folder(),
      ...sandboxEnvironment(info),
      ADMIN_TOKEN,
      ALLOW_PRIVATE_URLS: '127.0.0.0/8',
      LOG_LEVEL: 'error',
      ...(this.#profile ? { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${this.#profile}` } : {}),
    };
    let process = await startGateway(port, env);
    this.#ends.push(() => process.stop());
    return {
      api: new Api(`http://127.0.0.1:${port}`, ADMIN_TOKEN),
      get process() {
        return process;
      },
      stop: () => process.stop(),
      async start() {
        process = await startGateway(port, env);
      },
    };
  }

  worker(file: string, args: string[] = []): Worker {
    const worker = new Worker(file, args);
    this.#ends.push(() => worker.stop());
    return worker;
  }

  async folder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'ryze-bench-'));
    this.#ends.push(() => rm(folder, { recursive: true, force: true }));
    return folder;
  }

  async close(): Promise<void> {
    for (let end = this.#ends.pop(); end; end = this.#ends.pop()) await end();
  }
}
