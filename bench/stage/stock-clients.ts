import { Phone } from '@ryze/whatsapp-sandbox/client';
import type { SandboxEndpoint } from '../../gateway/src/testing/sandbox-environment.ts';
import type { Arrived } from '../workers/arrivals.ts';
import type { Worker } from '../workers/worker.ts';
import type { Ground } from './ground.ts';

/** Stock Baileys sockets in a process of their own; see `bench/stock/main.ts`. */
export class StockClients {
  readonly #worker: Worker;
  readonly #control: string;

  static async start(ground: Ground, info: SandboxEndpoint): Promise<StockClients> {
    const worker = ground.worker('stock/main.ts', [info.url, info.rootKey, await ground.folder()]);
    const clients = new StockClients(worker, info.control);
    await worker.ask('ready');
    return clients;
  }

  private constructor(worker: Worker, control: string) {
    this.#worker = worker;
    this.#control = control;
    const failed = new Map<string, unknown>();
    // The scanning is done here, so that the process that is measured does nothing but what a client does.
    worker.on('qr', ({ number, qr }: { number: string; qr: string }) => {
      if (failed.has(number)) return;
      failed.set(number, null);
      Phone.make(this.#control, number, `Stock ${number}`)
        .then((phone) => phone.scan(qr))
        .catch((error) => console.error(`the stock client ${number} was not linked: ${error}`));
    });
  }

  get pid(): number {
    return this.#worker.pid;
  }

  /** Resolves when the socket is linked and open. */
  link(number: string): Promise<void> {
    return this.#worker.ask('link', { number });
  }

  /** Sends and waits for every acknowledgement of the server; resolves with the seconds that it took. */
  send(
    number: string,
    plan: { to: string[]; count: number; inFlight: number; text?: string },
  ): Promise<number> {
    return this.#worker.ask('send', { number, ...plan });
  }

  /** Resolves when `count` messages with this marker have been emitted. */
  received(marker: string, count: number): Promise<Arrived> {
    return this.#worker.ask('count', { marker, count });
  }
}
