import { EventEmitter } from 'node:events';
import type { Logger } from 'pino';
import { MediaStore } from '../media/store.ts';
import type { ServerIdentity } from '../wire/certificate.ts';
import type { Stanza } from '../wire/stanza.ts';
import { Delivery } from './delivery.ts';
import type { Device } from './model/account.ts';
import { Calls } from './model/calls.ts';
import { Directory } from './model/directory.ts';
import { Faults } from './model/faults.ts';
import { Groups } from './model/groups.ts';
import { Newsletters } from './model/newsletters.ts';
import { Pairings } from './model/pairings.ts';
import { Stats } from './model/stats.ts';

/** Things that happen on the server and that phones or the control API wait for. */
export interface ServerEvents {
  /** A companion uploaded keys; its phone can write to it now. */
  'companion-ready': [Device];
  'companion-online': [Device];
  'companion-removed': [Device];
  /** A companion answered a stanza: an ack, a receipt or the result of a query. */
  answered: [Device, Stanza];
  /** A device confirmed that it has the message with this id. */
  delivered: [Device, string];
}

/** Parts of the server, by name: a handler says which ones it needs and gets no others. */
export type ServerWith<K extends keyof ServerContext> = Pick<ServerContext, K>;

/** All parts of the server; built once per sandbox. Handlers take what they need of it (`ServerWith`). */
export class ServerContext {
  readonly identity: ServerIdentity;
  readonly log: Logger;
  readonly directory = new Directory();
  readonly groups = new Groups();
  readonly newsletters = new Newsletters();
  readonly calls = new Calls();
  readonly faults = new Faults();
  readonly stats = new Stats();
  readonly pairings = new Pairings();
  readonly events = new EventEmitter<ServerEvents>();
  readonly delivery: Delivery;
  readonly media: MediaStore;
  /** How long a set of QR refs is good for, in milliseconds. */
  readonly refsTtlMs: number;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Something changed that `--state` keeps. */
  dirty = false;
  #ids = 0;

  constructor(parts: {
    identity: ServerIdentity;
    log: Logger;
    clock: () => number;
    refsTtlMs: number;
  }) {
    this.identity = parts.identity;
    this.log = parts.log;
    this.clock = parts.clock;
    this.refsTtlMs = parts.refsTtlMs;
    this.delivery = new Delivery(this);
    this.media = new MediaStore(parts.clock);
    this.events.setMaxListeners(0);
  }

  touch(): void {
    this.dirty = true;
  }

  /** The server's time as clients see it, in seconds; a `time-skew` fault moves it. */
  seconds(): number {
    return Math.floor(this.clock() / 1000) + this.faults.skewSeconds;
  }

  /** A stanza id that this server has not used yet. */
  nextId(): string {
    this.#ids += 1;
    return `${this.clock().toString(36)}-${this.#ids}`;
  }
}
