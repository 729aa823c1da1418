import type { BinaryNode, WAMessage, WASocket } from 'baileys';
import { delay } from '../../../async/delay.ts';
import type { Clock } from '../../../clock.ts';
import { STATUS } from '../../jid.ts';
import type { MessageContext } from '../../session.ts';
import { channelPost } from './channel-post.ts';
import type { InboxJournal, JournalEntry } from './inbox-journal.ts';
import { isReadable, StatusAnswers } from './status-answers.ts';
import { STORED_FIRST, type StoredFirst } from './stored-first.ts';
import type { TaskQueue } from './task-queue.ts';
import type { EngineListener } from './translated.ts';

/** Baileys works on one stanza for this long before the connection counts as stuck. */
const STANZA_DEADLINE_MS = 60_000;

/** A stanza that could not be made durable is tried again after this long. */
const AGAIN_MS = 1_000;

type Handler = (node: BinaryNode) => Promise<void>;

/** What is done with a message once it is in the journal; null: it did not get there. */
type Continue = (entry: JournalEntry | null) => Promise<void>;

export interface IntakeOptions {
  socket: WASocket;
  journal: InboxJournal;
  listener: EngineListener;
  /** Stores things in order. */
  queue: TaskQueue;
  clock: Clock;
  /** What is to be stored of a stanza; null when there is nothing. */
  storing(event: StoredFirst, node: BinaryNode): (() => Promise<void>) | null;
  /** The message of a stanza of which Baileys has made none; null when there is none in it. */
  readAgain(node: BinaryNode): Promise<WAMessage | null>;
  /** Nothing more comes out of this connection. */
  over(): boolean;
  /** A stanza could not be made durable (`true`), or is after all: in between nothing more is to be read. */
  onBlocked(blocked: boolean, error: unknown): void;
  onStuck(): void;
  /** Baileys could not handle a stanza; the next one is not affected. */
  onFailed(error: unknown): void;
}

/**
 * Stands between the socket and Baileys for stanzas that carry something to keep. Baileys acknowledges a stanza while
 * it handles it, so a message is put into the journal first, and what else is to be kept is stored first.
 */
export class StanzaIntake {
  readonly #options: IntakeOptions;
  readonly #messages: Handler;
  readonly #statuses: StatusAnswers;
  /** The end of the last message that arrived; never rejects. */
  #last: Promise<void> = Promise.resolve();
  #storing: Promise<void> = Promise.resolve();
  #waiting = 0;
  /** The stanza that Baileys works on, and what it has made of it so far. */
  #current: { node: BinaryNode; messages: WAMessage[] } | null = null;

  constructor(options: IntakeOptions) {
    this.#options = options;
    const { socket, clock } = options;
    this.#statuses = new StatusAnswers(socket, clock);
    this.#messages = this.#takeOver('CB:message', (node) =>
      this.#message(node, (entry) => this.#handle(entry)),
    );
    // Baileys would acknowledge it as a message. In the journal it is one.
    socket.ws.removeAllListeners('CB:status');
    socket.ws.on('CB:status', (node: BinaryNode) =>
      this.#message({ ...node, tag: 'message' }, (entry) => this.#status(entry, node)),
    );
    for (const event of Object.keys(STORED_FIRST) as StoredFirst[]) {
      const theirs = this.#takeOver(event, (node) =>
        this.#storeFirst(options.storing(event, node), node, theirs),
      );
    }
  }

  /** Takes a message that Baileys emits; false when it does not come from the stanza at hand. */
  emitted(message: WAMessage): boolean {
    if (!this.#current || message.key.id !== this.#current.node.attrs.id) return false;
    this.#current.messages.push(channelPost(message, this.#current.node));
    return true;
  }

  /** Resolves when the stanza that could not be made durable is, or is given up; at once when there is none. */
  stored(): Promise<void> {
    return this.#storing;
  }

  /** Messages that arrived and were not handed to the queue yet. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Puts `ours` in the place of Baileys' own listener and hands that one out. */
  #takeOver(event: 'CB:message' | StoredFirst, ours: (node: BinaryNode) => void): Handler {
    const { ws } = this.#options.socket;
    const listeners = ws.listeners(event) as Handler[];
    const [theirs] = listeners;
    if (listeners.length !== 1 || !theirs) throw new Error(`expected one listener of Baileys for ${event}`);
    ws.off(event, theirs);
    ws.on(event, ours);
    return theirs;
  }

  #message(node: BinaryNode, handle: Continue): void {
    const appended = this.#options.journal.append(node);
    // `#durable` handles the error, when it is the stanza's turn.
    appended.catch(() => {});
    const before = this.#last;
    this.#waiting++;
    this.#last = this.#inOrder(before, node, appended, handle);
  }

  /** A stanza that cannot be handled stays in the journal, and must not stop the stanzas behind it. */
  async #inOrder(before: Promise<void>, node: BinaryNode, appended: Promise<JournalEntry>, handle: Continue) {
    await before;
    try {
      await handle(await this.#durable(node, appended));
    } catch (error) {
      this.#options.onFailed(error);
    } finally {
      this.#current = null;
      this.#waiting--;
    }
  }

  /** A failed write is tried again before anything behind it goes on: what is not durable is not acknowledged. */
  async #durable(node: BinaryNode, appended: Promise<JournalEntry>): Promise<JournalEntry | null> {
    try {
      return await appended;
    } catch (error) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#storing = promise;
      try {
        return await this.#again(node, error);
      } finally {
        resolve();
      }
    }
  }

  /** At once first: what failed may have waited for a long time behind another stanza that did. */
  async #again(node: BinaryNode, failed: unknown): Promise<JournalEntry | null> {
    const { journal, clock, onBlocked, over } = this.#options;
    for (let error = failed; !over(); ) {
      onBlocked(true, error);
      try {
        const entry = await journal.append(node);
        onBlocked(false, null);
        return entry;
      } catch (next) {
        error = next;
      }
      await delay(clock, AGAIN_MS);
    }
    return null;
  }

  async #handle(entry: JournalEntry | null): Promise<void> {
    const { over, queue, listener, journal } = this.#options;
    // What is in the journal now and was not handled comes back with the next connection.
    if (!entry || over()) return;
    const { offline, ...attrs } = entry.node.attrs;
    // Baileys puts offline stanzas into a queue of its own and does not report their end.
    const node = { ...entry.node, attrs };
    if (attrs.from === STATUS) {
      const status = await this.#options.readAgain(node);
      if (over()) return;
      if (!isReadable(status)) return this.#answerStatus(entry, status, node);
    }
    const current = { node, messages: [] as WAMessage[] };
    this.#current = current;
    await this.#withDeadline(this.#messages(node));
    this.#current = null;
    // The end of the connection silences Baileys' events: no message does not mean that there was none.
    if (over()) return;
    const context = { offline: isOffline(offline) };
    // Some it passes over, and some it fails at after it has acknowledged them.
    const last = current.messages.pop() ?? (await this.#options.readAgain(node));
    if (over()) return;
    let complete = true;
    const incomplete = () => {
      complete = false;
    };
    for (const message of current.messages) {
      queue.add(() => listener.message(message, context), incomplete);
    }
    // What is set aside keeps its journal row, and is handled before the next connection opens.
    if (!last) return queue.add(() => journal.forget(entry));
    queue.add(() =>
      listener.message(last, {
        ...context,
        alongside: async (trx) => {
          if (complete) await journal.settle(trx, entry);
        },
      }),
    );
  }

  /** A `<status>`, of a person or a channel. */
  async #status(entry: JournalEntry | null, stanza: BinaryNode): Promise<void> {
    const { over, readAgain } = this.#options;
    if (!entry || over()) return;
    const message = await readAgain(entry.node);
    // What only looks unreadable, because keys could not be read or stored, comes again.
    if (!over()) await this.#answerStatus(entry, message, stanza);
  }

  /** A status that Baileys does not get. `message`: null when it was stored before, or is none. */
  async #answerStatus(entry: JournalEntry, message: WAMessage | null, stanza: BinaryNode): Promise<void> {
    const { queue, listener, journal } = this.#options;
    const offline = isOffline(entry.node.attrs.offline);
    const alongside: NonNullable<MessageContext['alongside']> = (trx) => journal.settle(trx, entry);
    queue.add(() => (message ? listener.message(message, { offline, alongside }) : journal.forget(entry)));
    if (message && !isReadable(message)) await this.#statuses.askAgain(stanza);
    await this.#statuses.acknowledge(stanza);
  }

  #storeFirst(store: (() => Promise<void>) | null, node: BinaryNode, theirs: Handler): void {
    const { queue, over, onFailed } = this.#options;
    const { offline, ...attrs } = node.attrs;
    // Baileys takes any value for a stanza that waited.
    if (!store) return void theirs(isOffline(offline) ? node : { ...node, attrs }).catch(onFailed);
    // What is set aside is not acknowledged: WhatsApp delivers it again on the next connection.
    queue.add(async () => {
      if (over()) return;
      await store();
      // Baileys acknowledges it from here on; what else it does with it takes its own time.
      theirs({ ...node, attrs }).catch(onFailed);
    });
  }

  async #withDeadline(work: Promise<void>): Promise<void> {
    const { clock, onStuck } = this.#options;
    const cancel = clock.after(STANZA_DEADLINE_MS, onStuck);
    try {
      await work;
    } catch (error) {
      this.#options.onFailed(error);
    } finally {
      cancel();
    }
  }
}

/** A stanza that waited has its place in the queue in `offline`; a live one has none, or `0`. */
function isOffline(offline: string | undefined): boolean {
  return offline !== undefined && offline !== '0';
}
