import { type Stanza, stanza } from '../wire/stanza.ts';
import { accountKey } from './addressing.ts';
import type { ServerContext } from './context.ts';
import type { Device } from './directory.ts';

/** The attributes that tell one stanza of a device's queue from another. */
export interface StanzaName {
  id?: string | undefined;
  from?: string | undefined;
  type?: string | undefined;
  participant?: string | undefined;
}

/** Brings stanzas to devices: kept until acknowledged, handed over at once when the device is there. */
export class Delivery {
  readonly #ctx: ServerContext;

  constructor(ctx: ServerContext) {
    this.#ctx = ctx;
  }

  /** Queues a message, receipt, notification or call and hands it over when the device is live. */
  durable(device: Device, node: Stanza): void {
    if (device.removed) return;
    device.queue.put(this.#key(device, node.tag, node.attrs), node);
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

  /**
   * The device acknowledged a stanza; it will not be delivered again.
   * @param name what the stanza was named by: `from` is where it came from, whatever the answer calls it
   */
  settle(device: Device, tag: string, name: StanzaName): boolean {
    return device.queue.settle(this.#key(device, tag, name));
  }

  /**
   * Ids are chosen by senders, so one alone does not name a stanza; in a group neither does the group. A
   * message is answered under either addressing of its sender (or as one's own, without a sender); everything
   * else is answered exactly.
   */
  #key(device: Device, tag: string, { id = '', from, type, participant }: StanzaName): string {
    if (tag !== 'message') return `${tag}/${id}/${from ?? ''}/${type ?? ''}/${participant ?? ''}`;
    const sender = accountKey(this.#ctx, from) ?? device.account.number;
    if (participant === undefined) return `message/${id}/${sender}`;
    return `message/${id}/${sender}/${accountKey(this.#ctx, participant)}`;
  }
}
