import type { EventName } from './catalog.ts';
import type { FileState } from './file-view.ts';

export interface NewEvent {
  kind: EventName;
  /** JID of the chat whose events must stay in order; null = the instance's own lane. */
  lane: string | null;
  /** Two events of one instance with the same key are one event; null = always a new one. */
  dedupeKey: string | null;
  /** The envelope's `data`. */
  data: object;
  /** The file that the `media` block in `data` is about. */
  file?: PendingFile | FileState;
}

/**
 * A file that is still to be fetched. Channels that show it wait for it, the others do not.
 * `appended` runs in the transaction, if the event is new: a file without an event is never fetched.
 * `waitsUntil` is null when no channel waits.
 */
export interface PendingFile {
  appended(eventId: string, waitsUntil: number | null): Promise<void>;
}
