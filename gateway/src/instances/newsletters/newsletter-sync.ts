import type { Clock } from '../../clock.ts';
import { Newsletters } from '../../mailbox/newsletters.ts';
import type { Queries } from '../../storage/queries.ts';
import type { Logger } from '../../telemetry/log.ts';
import type { Newsletter } from '../../whatsapp/newsletter.ts';
import { SendFailed, type Session } from '../../whatsapp/session.ts';

type Asking = Pick<Session, 'newsletters'>;

/** Keeps the stored channels of an instance up to date with WhatsApp. */
export class NewsletterSync {
  readonly #db: Queries;
  readonly #clock: Clock;
  readonly #log: Logger;
  /** Channels that are being looked up, so that a burst of posts asks once. */
  readonly #meeting = new Set<string>();

  constructor({ db, clock, log }: { db: Queries; clock: Clock; log: Logger }) {
    this.#db = db;
    this.#clock = clock;
    this.#log = log;
  }

  /** The channels that the account follows, as WhatsApp has them now. Throws `SendFailed`. */
  async followed(instanceId: string, session: Asking): Promise<Newsletter[]> {
    const all = await this.#ask(instanceId, session);
    await this.#db
      .transaction()
      .execute((trx) => new Newsletters(trx, instanceId, this.#clock.now()).replaceFollowed(all));
    return all;
  }

  /** For a connection that opened: changes while it was closed may have had no notification. Failures are logged. */
  async opened(instanceId: string, session: Asking): Promise<void> {
    try {
      await this.followed(instanceId, session);
    } catch (error) {
      this.#log.warn({ instance: instanceId, err: error }, 'could not read the channels');
    }
  }

  /** For a post that came in: looks its channel up when it is not stored. Failures are logged. */
  async met(instanceId: string, session: () => Asking, jid: string): Promise<void> {
    const key = `${instanceId} ${jid}`;
    if (this.#meeting.has(key)) return;
    this.#meeting.add(key);
    try {
      const newsletters = new Newsletters(this.#db, instanceId, this.#clock.now());
      if (await newsletters.isKnown(jid)) return;
      const found = await session().newsletters.find({ jid });
      if (found) await newsletters.store(found, found.role !== 'guest');
    } catch (error) {
      this.#log.warn({ instance: instanceId, err: error }, 'could not read a channel');
    } finally {
      this.#meeting.delete(key);
    }
  }

  /** WhatsApp changes the ids of its stored queries at times; then each stored channel is looked up alone. */
  async #ask(instanceId: string, session: Asking): Promise<Newsletter[]> {
    try {
      return await session.newsletters.followed();
    } catch (error) {
      const kind = error instanceof SendFailed ? error.reason.kind : null;
      if (kind !== 'refused' && kind !== 'failed') throw error;
      this.#log.warn({ instance: instanceId, err: error }, 'the list of channels was refused');
    }
    const followed: Newsletter[] = [];
    for (const { jid } of await new Newsletters(this.#db, instanceId, this.#clock.now()).followed()) {
      const found = await session.newsletters.find({ jid });
      if (found && found.role !== 'guest') followed.push(found);
    }
    return followed;
  }
}
