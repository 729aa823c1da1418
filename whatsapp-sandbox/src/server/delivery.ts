import { type Stanza, stanza } from '../wire/stanza.ts';
import type { Device } from './model/account.ts';
import type { Directory } from './model/directory.ts';

/** What delivery needs of the server. */
interface Needs {
  readonly directory: Pick<Directory, 'account'>;
  /** A stanza id that was not used before. */
  nextId(): string;
  /** The server's time, in Unix seconds. */
  seconds(): number;
}

/** The attributes that distinguish one stanza of a device's queue from another. */
export interface StanzaName {
  id?: string | undefined;
  from?: string | undefined;
  type?: string | undefined;
  participant?: string | undefined;
}

/** Brings stanzas to devices: kept until acknowledged, handed over at once when the device is there. */
export class Delivery {
  readonly #server: Needs;

  constructor(server: Needs) {
    this.#server = server;
  }

  /** Queues a message, receipt, notification or call and hands it over when the device is live. */
  durable(device: Device, node: Stanza): void {
    if (device.removed) return;
    const key = this.#key(device, node.tag, node.attrs);
    device.queue.put(key, node);
    if (!device.live) return;
    device.queue.given(key, node);
    device.endpoint?.deliver(node);
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
    const id = this.#server.nextId();
    const t = String(this.#server.seconds());
    this.durable(device, stanza('notification', { id, from, type, t, ...attrs }, content));
  }

  /**
   * The device acknowledged a stanza; it will not be delivered again.
   * @param name what the stanza was named by: `from` is where it came from, also where the answer names it otherwise
   */
  settle(device: Device, tag: string, name: StanzaName): boolean {
    return device.queue.settle(this.#key(device, tag, name));
  }

  /** The device says that it cannot read a status: it stays, and holds back what is behind it. */
  refuse(device: Device, name: StanzaName): void {
    device.queue.refuse(this.#key(device, 'status', name));
  }

  /**
   * Ids are chosen by senders, so one alone does not name a stanza; in a group neither does the group. A
   * message or status is answered under either addressing of its sender (a message also as one's own, without a sender);
   * everything else is answered exactly.
   */
  #key(device: Device, tag: string, { id = '', from, type, participant }: StanzaName): string {
    if (tag === 'status') return `status/${id}/${this.#accountKey(participant ?? from)}`;
    if (tag !== 'message') return `${tag}/${id}/${from ?? ''}/${type ?? ''}/${participant ?? ''}`;
    const sender = this.#accountKey(from) ?? device.account.number;
    if (participant === undefined) return `message/${id}/${sender}`;
    return `message/${id}/${sender}/${this.#accountKey(participant)}`;
  }

  /** One name for a sender under either addressing; a group or the server keeps its own. */
  #accountKey(jid: string | undefined): string | undefined {
    return this.#server.directory.account(jid)?.number ?? jid;
  }
}
