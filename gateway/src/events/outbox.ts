import type { DatabaseTransaction } from '../storage/database.ts';
import type { EventName } from './catalog.ts';

export interface NewEvent {
  kind: EventName;
  /** JID of the chat whose events must stay in order; null = the instance's own lane. */
  lane: string | null;
  /** Two events of one instance with the same key are one event; null = always a new one. */
  dedupeKey: string | null;
  /** The envelope's `data`. */
  data: object;
}

/** Appends an event within the transaction; false when `dedupeKey` says that it is already there. */
export type Emit = (event: NewEvent) => Promise<boolean>;

/**
 * The only way to report something. Event, deliveries and whatever the caller writes with `trx` are one commit;
 * sockets and courier hear of it after that commit, never before.
 */
export interface Outbox {
  transaction<T>(instanceId: string, work: (trx: DatabaseTransaction, emit: Emit) => Promise<T>): Promise<T>;
}
