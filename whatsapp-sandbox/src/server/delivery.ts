import { type Stanza, stanza } from '../wire/stanza.ts';
import { accountKey } from './addressing.ts';
import type { ServerContext } from './context.ts';
import type { Device } from './directory.ts';

/** Brings stanzas to devices: kept until acknowledged, handed over at once when the device is there. */
export class Delivery {
  readonly #ctx: ServerContext;

  constructor(ctx: ServerContext) {
    this.#ctx = ctx;
  }

  /** Queues a message, receipt, notification or call and hands it over when the device is live. */
  durable(device: Device, node: Stanza): void {
    if (device.removed) return;
    const { id = '', from, type } = node.attrs;
    device.queue.put(this.#key(device, node.tag, id, from, type), node);
    if (device.live) device.endpoint?.deliver(node);
  }

  /** Hands over what is of no use later: presence, chat states, acks. */
  transient(device: Device, node: Stanza): void {
    if (device.live) device.endpoint?.deliver(node);
  }

  /** Sends a notification stanza; `from` is whom it is about. */
  notify(
    device: Device,
    type: string,
    from: string,
    content: Stanza[],
    attrs: Record<string, string | undefined> = {},
  ): void {
    const id = this.#ctx.nextId();
    const t = String(this.#ctx.seconds());
    this.durable(device, stanza('notification', { id, from, type, t, ...attrs }, content));
  }

  /** The device acknowledged a stanza; it will not be delivered again. */
  settle(device: Device, tag: string, id: string, from: string | undefined, type?: string): boolean {
    return device.queue.settle(this.#key(device, tag, id, from, type));
  }

  /**
   * Ids are chosen by senders, so one alone does not name a stanza. A message is answered under either
   * addressing of its sender (or as one's own, without a sender); everything else is answered exactly.
   */
  #key(device: Device, tag: string, id: string, from: string | undefined, type: string | undefined): string {
    if (tag !== 'message') return `${tag}/${id}/${from ?? ''}/${type ?? ''}`;
    return `message/${id}/${accountKey(this.#ctx, from) ?? device.account.number}`;
  }
}
