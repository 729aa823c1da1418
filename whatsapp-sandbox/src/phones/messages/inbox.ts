import type { ReceivedMedia } from '../media/receiving.ts';
import type { Shown } from '../shown/index.ts';

/** A message that is answered. JIDs are those of the wire. */
export interface Quoted {
  id: string;
  text: string | undefined;
  author: string | undefined;
  /** Only when it is another chat than that of the answer. */
  chat: string | undefined;
}

/** One thing a phone received, as the control API shows it. JIDs are phone-number JIDs. */
export interface InboxEntry extends Shown {
  seq: number;
  id: string;
  from: string;
  /** The sending device as the stanza named it; answers go there. */
  sender: string;
  chat: string;
  fromMe: boolean;
  kind: string;
  text: string | undefined;
  quoted: Quoted | undefined;
  /** The message that an edit, a revocation or a reaction is about. */
  target: string | undefined;
  /** The file that the message is. */
  media?: ReceivedMedia | undefined;
  /** Files inside a message that is something else: pictures of cards, of buttons, of a link. */
  attachments?: ReceivedMedia[] | undefined;
  /** Milliseconds since the epoch. */
  at: number;
}

const CAPACITY = 20_000;

/** What a phone received, oldest first; the oldest entries go when there are very many. */
export class Inbox {
  #entries: InboxEntry[] = [];
  #seq = 0;
  readonly #waiting = new Set<() => void>();

  add(entry: Omit<InboxEntry, 'seq'>): void {
    this.#seq += 1;
    this.#entries.push({ seq: this.#seq, ...entry });
    if (this.#entries.length >= 2 * CAPACITY) this.#entries = this.#entries.slice(-CAPACITY);
    for (const wake of [...this.#waiting]) wake();
  }

  find(id: string): InboxEntry | undefined {
    return this.#entries.findLast((entry) => entry.id === id);
  }

  after(seq: number): InboxEntry[] {
    const oldest = this.#entries[0]?.seq ?? 0;
    return this.#entries.slice(Math.max(0, seq - oldest + 1));
  }

  /** Like `after`, but holds on for up to `ms` milliseconds until there is something. */
  async wait(seq: number, ms: number, signal: AbortSignal): Promise<InboxEntry[]> {
    const present = this.after(seq);
    if (present.length > 0 || ms <= 0) return present;
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener('abort', done);
      this.#waiting.add(done);
    });
    return this.after(seq);
  }
}
