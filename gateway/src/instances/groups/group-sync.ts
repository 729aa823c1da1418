import { Semaphore } from '../../async/semaphore.ts';
import type { Clock } from '../../clock.ts';
import type { Logger } from '../../telemetry/log.ts';
import { SendFailed, type Session } from '../../whatsapp/session.ts';

/** WhatsApp throttles the query for all groups; between two queries, notifications keep the stored groups up to date. */
const FRESH_MS = 60_000;
/** Instances that ask at the same time: a restart with hundreds of them must not ask all at once. */
const ASKING_AT_ONCE = 4;

type Asking = Pick<Session, 'groups' | 'self'>;

/** Asks WhatsApp for all groups of an instance, at most once a minute. */
export class GroupSync {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #asking = new Semaphore(ASKING_AT_ONCE);
  /** What was asked in the last minute, by instance and account. */
  readonly #asked = new Map<string, { at: number; done: Promise<void> }>();

  constructor({ clock, log }: { clock: Clock; log: Logger }) {
    this.#clock = clock;
    this.#log = log;
  }

  /** Resolves when the stored groups are at most one minute old. Throws `SendFailed`. */
  fresh(instanceId: string, session: Asking): Promise<void> {
    const now = this.#clock.now();
    for (const [key, { at }] of this.#asked) if (now - at >= FRESH_MS) this.#asked.delete(key);
    const key = `${instanceId} ${session.self.jid}`;
    const asked = this.#asked.get(key);
    if (asked) return asked.done;
    const asking = { at: now, done: this.#ask(session) };
    this.#asked.set(key, asking);
    asking.done.catch((error) => {
      // After throttling nothing is asked for a minute; after another failure the next call asks again.
      const throttled = error instanceof SendFailed && error.reason.kind === 'throttled';
      if (!throttled && this.#asked.get(key) === asking) this.#asked.delete(key);
    });
    return asking.done;
  }

  /** For a connection that opened: changes while it was closed may have had no notification. Failures are logged. */
  async opened(instanceId: string, session: Asking): Promise<void> {
    try {
      await this.fresh(instanceId, session);
    } catch (error) {
      this.#log.warn({ instance: instanceId, err: error }, 'could not read the groups');
    }
  }

  async #ask(session: Asking): Promise<void> {
    const leave = await this.#asking.enter();
    try {
      await session.groups.all();
    } finally {
      leave();
    }
  }
}
