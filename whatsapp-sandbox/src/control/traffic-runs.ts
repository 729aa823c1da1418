import type { ServerContext } from '../server/context.ts';
import type { Device } from '../server/model/account.ts';

const KEPT_RUNS = 50;

/** One load run and what came back of it. */
export class Run {
  readonly id: string;
  sent = 0;
  seconds = 0;
  done = false;
  #failed = 0;
  #receipts = 0;
  #phoneReceipts = 0;
  readonly #latencies: number[] = [];
  /** By message id: when it was sent, and how many devices have not confirmed it yet. */
  readonly #outstanding = new Map<string, { sentAt: number; devices: number }>();

  constructor(id: string) {
    this.id = id;
  }

  expect(messageId: string, devices: number): void {
    this.#outstanding.set(messageId, { sentAt: performance.now(), devices });
  }

  fail(messageId: string): void {
    this.#failed += 1;
    this.#outstanding.delete(messageId);
  }

  /** A device has a message; true when the message was one of this run. */
  confirm(messageId: string, device: Device): boolean {
    const message = this.#outstanding.get(messageId);
    if (!message) return false;
    message.devices -= 1;
    if (message.devices <= 0) this.#outstanding.delete(messageId);
    if (device.id === 0) this.#phoneReceipts += 1;
    else {
      this.#receipts += 1;
      this.#latencies.push(performance.now() - message.sentAt);
    }
    return true;
  }

  /** `receipts` are those of the recipient's companions; latencies are milliseconds until them. */
  report() {
    const sorted = this.#latencies.toSorted((a, b) => a - b);
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
    return {
      id: this.id,
      sent: this.sent,
      failed: this.#failed,
      seconds: this.seconds,
      done: this.done,
      receipts: this.#receipts,
      phoneReceipts: this.#phoneReceipts,
      latencyMs: { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: sorted.at(-1) },
    };
  }
}

/** The last load runs; counts the receipts that reach the server, `inactive` ones as well. */
export class Runs {
  readonly #runs = new Map<string, Run>();

  constructor(ctx: ServerContext) {
    ctx.events.on('delivered', (device, messageId) => {
      for (const run of this.#runs.values()) if (run.confirm(messageId, device)) return;
    });
  }

  get(id: string): Run | undefined {
    return this.#runs.get(id);
  }

  start(id: string): Run {
    const run = new Run(id);
    this.#runs.set(id, run);
    for (const oldest of this.#runs.keys()) {
      if (this.#runs.size <= KEPT_RUNS) break;
      this.#runs.delete(oldest);
    }
    return run;
  }
}
