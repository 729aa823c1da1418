import { type Stanza, stanza } from '../../wire/stanza.ts';
import type { ServerWith } from '../context.ts';
import type { Device } from '../model/account.ts';
import type { Connection } from './connection.ts';

type Needs = ServerWith<'log'>;

/** So many stanzas come by themselves. */
const FIRST_WINDOW = 5;
/** More than this is not released at once, also when the client asks for more. */
const MAX_WINDOW = 200;

/**
 * Hands over what waited while a companion was away, in windows; live stanzas stay behind it. The first window comes by
 * itself. Each `<offline_batch>` releases one window of the size that it names. A client that has never asked gets the
 * next small window when it has acknowledged the one before. A status that the client refused stands in front of
 * everything and holds it back until it is acknowledged.
 */
export class OfflineDelivery {
  readonly #ctx: Needs;
  readonly #connection: Connection;
  readonly #device: Device;
  #waiting: [string, Stanza][] = [];
  /** Keys of the window that was sent last. */
  #window: string[] = [];
  #sent = 0;
  #begun = false;
  #asked = false;
  /** Windows that were asked for while a refused status held the queue. */
  #owed: number[] = [];

  constructor(ctx: Needs, connection: Connection, device: Device) {
    this.#ctx = ctx;
    this.#connection = connection;
    this.#device = device;
  }

  /** Announces what waits and sends the first window; with nothing waiting the device is live at once. */
  begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    this.#waiting = this.#device.queue.entries();
    if (this.#waiting.length === 0) {
      this.#finish();
      return;
    }
    const of = (...tags: string[]) =>
      String(this.#waiting.filter(([, node]) => tags.includes(node.tag)).length);
    this.#connection.send(
      stanza('ib', { from: 's.whatsapp.net' }, [
        stanza('offline_preview', {
          count: String(this.#waiting.length),
          message: of('message', 'status'),
          notification: of('notification'),
          receipt: of('receipt'),
          call: of('call'),
          appdata: '0',
        }),
      ]),
    );
    this.#release(this.#device.queue.refused || FIRST_WINDOW);
  }

  /** The client asks for a window of this size. */
  batch(size: number): void {
    if (!this.#pending) return;
    this.#asked = true;
    const bounded = Math.min(Math.max(size, 1), MAX_WINDOW);
    if (this.#device.queue.held) this.#owed.push(bounded);
    else this.#release(bounded);
  }

  /** The client acknowledged something: what that held back comes now. */
  acknowledged(): void {
    if (!this.#pending || this.#device.queue.held) return;
    for (const size of this.#owed.splice(0)) this.#release(size);
    if (!this.#pending) return;
    if (this.#sent >= this.#waiting.length) this.#finish();
    else if (!this.#asked && !this.#window.some((key) => this.#device.queue.has(key)))
      this.#release(FIRST_WINDOW);
  }

  get #pending(): boolean {
    const gone = this.#connection.closed || this.#device.endpoint !== this.#connection;
    return this.#begun && !this.#device.live && !gone;
  }

  #release(size: number): void {
    if (!this.#pending) return;
    const window = this.#waiting.slice(this.#sent, this.#sent + size);
    this.#window = window.map(([key]) => key);
    for (const [key, node] of window) {
      this.#device.queue.given(key, node);
      const offline = String(this.#sent);
      this.#connection.deliver({ ...node, attrs: { ...node.attrs, offline } });
      this.#sent += 1;
    }
    if (this.#sent >= this.#waiting.length && !this.#device.queue.held) this.#finish();
  }

  #finish(): void {
    const announced = new Set(this.#waiting.map(([, node]) => node));
    this.#waiting = [];
    this.#device.live = true;
    this.#connection.send(
      stanza('ib', { from: 's.whatsapp.net' }, [stanza('offline', { count: String(this.#sent) })]),
    );
    for (const [key, node] of this.#device.queue.entries()) {
      if (announced.has(node)) continue;
      this.#device.queue.given(key, node);
      this.#connection.deliver(node);
    }
    this.#ctx.log.debug({ count: this.#sent }, 'offline stanzas delivered');
  }
}
