import { type Stanza, stanza } from '../../wire/stanza.ts';
import type { ServerWith } from '../context.ts';
import type { Device } from '../model/account.ts';
import type { Connection } from './connection.ts';

type Needs = ServerWith<'log'>;

const MAX_BATCH = 1000;

/** Hands over what waited while a companion was away; live stanzas stay behind it. */
export class OfflineDelivery {
  readonly #ctx: Needs;
  readonly #connection: Connection;
  readonly #device: Device;
  #waiting: Stanza[] = [];
  #sent = 0;
  #begun = false;
  #running = false;

  constructor(ctx: Needs, connection: Connection, device: Device) {
    this.#ctx = ctx;
    this.#connection = connection;
    this.#device = device;
  }

  /** Announces what waits; with nothing waiting the device is live at once. */
  begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    this.#waiting = this.#device.queue.all();
    if (this.#waiting.length === 0) {
      this.#finish();
      return;
    }
    const of = (tag: string) => String(this.#waiting.filter((node) => node.tag === tag).length);
    this.#connection.send(
      stanza('ib', { from: 's.whatsapp.net' }, [
        stanza('offline_preview', {
          count: String(this.#waiting.length),
          message: of('message'),
          notification: of('notification'),
          receipt: of('receipt'),
          call: of('call'),
          appdata: '0',
        }),
      ]),
    );
  }

  /** The client asked for a batch; the ones after it follow by themselves, each in a turn of its own. */
  batch(size: number): void {
    if (!this.#begun || this.#running || this.#device.live) return;
    this.#running = true;
    this.#next(Math.min(Math.max(size, 1), MAX_BATCH));
  }

  #next(size: number): void {
    if (this.#connection.closed || this.#device.endpoint !== this.#connection) return;
    for (const node of this.#waiting.slice(this.#sent, this.#sent + size)) {
      const offline = String(this.#sent);
      this.#connection.deliver({ ...node, attrs: { ...node.attrs, offline } });
      this.#sent += 1;
    }
    if (this.#sent < this.#waiting.length) setImmediate(() => this.#next(size));
    else this.#finish();
  }

  #finish(): void {
    const announced = new Set(this.#waiting);
    this.#waiting = [];
    this.#device.live = true;
    this.#connection.send(
      stanza('ib', { from: 's.whatsapp.net' }, [stanza('offline', { count: String(this.#sent) })]),
    );
    for (const node of this.#device.queue.all()) {
      if (!announced.has(node)) this.#connection.deliver(node);
    }
    this.#ctx.log.debug({ count: this.#sent }, 'offline stanzas delivered');
  }
}
