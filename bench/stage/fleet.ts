import { setTimeout as pause } from 'node:timers/promises';
import { Phone } from '@ryze/whatsapp-sandbox/client';
import { rssMb, settled } from '../usage.ts';
import { INSTANCES_PER_ACCOUNT } from './api.ts';
import type { GatewayProcess, Ground } from './ground.ts';
import type { Stage } from './stages.ts';
import { StockClients } from './stock-clients.ts';

const AT_ONCE = 8;
const CONNECT_DEADLINE_MS = 300_000;

/** Many linked instances without traffic, and beside them as many stock sockets as a case wants. */
export class Fleet implements Stage {
  readonly gateway: GatewayProcess;
  readonly stock: StockClients;
  /** Resident memory, in MB, of both processes before anything was linked. */
  readonly empty: { ours: number; stock: number };
  readonly #ground: Ground;
  readonly #control: string;
  /** Accounts with what they own; only the last may have room. */
  readonly #accounts: { token: string; instances: number }[] = [];
  #size = 0;
  #stockSize = 0;

  static async start(ground: Ground): Promise<Fleet> {
    const sandbox = await ground.sandbox();
    const gateway = await ground.gateway(sandbox);
    const stock = await StockClients.start(ground, sandbox.info);
    await settled(gateway.process.pid);
    await settled(stock.pid);
    return new Fleet(ground, gateway, stock, sandbox.info.control);
  }

  private constructor(ground: Ground, gateway: GatewayProcess, stock: StockClients, control: string) {
    this.#ground = ground;
    this.gateway = gateway;
    this.stock = stock;
    this.empty = { ours: rssMb(gateway.process.pid), stock: rssMb(stock.pid) };
    this.#control = control;
  }

  get size(): number {
    return this.#size;
  }

  get stockSize(): number {
    return this.#stockSize;
  }

  /** Links instances until there are this many, eight at a time; resolves when all are connected and at rest. */
  async grow(size: number): Promise<void> {
    const names: string[] = [];
    while (this.#size < size) names.push(`i${++this.#size}`);
    await inTurns(names, async (name) => {
      const instance = await this.gateway.api.instance(await this.#room(), name);
      const phone = await Phone.make(this.#control, `49151${name.slice(1).padStart(7, '0')}`, name);
      await phone.scan(await this.gateway.api.qr(instance));
    });
    await this.allConnected();
    await settled(this.gateway.process.pid);
  }

  /** The same for stock sockets, which are all in one process. */
  async growStock(size: number): Promise<void> {
    const numbers: string[] = [];
    while (this.#stockSize < size) numbers.push(`49152${String(++this.#stockSize).padStart(7, '0')}`);
    await inTurns(numbers, (number) => this.stock.link(number));
    await settled(this.stock.pid);
  }

  async allConnected(): Promise<void> {
    const deadline = Date.now() + CONNECT_DEADLINE_MS;
    for (const { token, instances } of this.#accounts) {
      while ((await this.gateway.api.connected(token)) < instances) {
        if (Date.now() > deadline) throw new Error('the instances do not connect');
        await pause(100);
      }
    }
  }

  close(): Promise<void> {
    return this.#ground.close();
  }

  #roomFor: Promise<unknown> = Promise.resolve();

  /** An account that may own one more. */
  #room(): Promise<string> {
    const room = this.#roomFor.then(async () => {
      let account = this.#accounts.at(-1);
      if (!account || account.instances === INSTANCES_PER_ACCOUNT) {
        account = { token: await this.gateway.api.account(), instances: 0 };
        this.#accounts.push(account);
      }
      account.instances += 1;
      return account.token;
    });
    this.#roomFor = room;
    return room;
  }
}

/** Named, so that cases that ask for it share it. */
export const startFleet = (ground: Ground): Promise<Fleet> => Fleet.start(ground);

async function inTurns<T>(items: T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const rest = items.values();
  const worker = async () => {
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
