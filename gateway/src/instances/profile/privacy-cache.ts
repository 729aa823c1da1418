import type { Clock } from '../../clock.ts';
import type { Session } from '../../whatsapp/session.ts';

/** WhatsApp is asked at most once in this time and instance. */
const FRESH_MS = 5_000;

/** WhatsApp's names of the settings -> WhatsApp's words for their values. */
export type PrivacySettings = Partial<Record<string, string>>;

interface Entry {
  profile: Session['profile'];
  at: number;
  settings: Promise<PrivacySettings>;
}

/** The privacy settings that WhatsApp gave in the last five seconds, by instance. */
export class PrivacyCache {
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The settings of the last five seconds; asks with `ask` where there are none. */
  get(
    instanceId: string,
    profile: Session['profile'],
    ask: () => Promise<PrivacySettings>,
  ): Promise<PrivacySettings> {
    const known = this.#entries.get(instanceId);
    // Another connection may belong to another account.
    const isFresh = known?.profile === profile && this.#clock.now() - known.at < FRESH_MS;
    return isFresh ? known.settings : this.#add(instanceId, profile, ask());
  }

  /** Forgets the settings of an instance: they are about to change. */
  forget(instanceId: string): void {
    this.#entries.delete(instanceId);
  }

  #add(
    instanceId: string,
    profile: Session['profile'],
    settings: Promise<PrivacySettings>,
  ): Promise<PrivacySettings> {
    const now = this.#clock.now();
    for (const [id, { at }] of this.#entries) if (now - at >= FRESH_MS) this.#entries.delete(id);
    const entry = { profile, at: now, settings };
    this.#entries.set(instanceId, entry);
    // A failed answer is not kept: the next call asks again.
    settings.catch(() => {
      if (this.#entries.get(instanceId) === entry) this.#entries.delete(instanceId);
    });
    return settings;
  }
}
