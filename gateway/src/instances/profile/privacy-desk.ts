import type { Clock } from '../../clock.ts';
import type { InstanceRow } from '../../storage/schema.ts';
import type { PrivacySetting } from '../../whatsapp/ports/profile.ts';
import type { Session } from '../../whatsapp/session.ts';
import { attempted } from '../operation.ts';

/** WhatsApp is asked at most once in this time and instance (`account-features.md`). */
const FRESH_MS = 5_000;

export type PrivacySettings = Partial<Record<string, string>>;

export interface PrivacyDeskOptions {
  clock: Clock;
  sessions: { session(instanceId: string): Pick<Session, 'profile'> };
}

export interface PrivacyChange {
  /** As the contract calls it, `visibility.online`. */
  field: string;
  setting: PrivacySetting;
  value: string;
}

interface Snapshot {
  profile: Session['profile'];
  at: number;
  settings: Promise<PrivacySettings>;
}

/** The privacy settings of accounts, by WhatsApp's names. */
export class PrivacyDesk {
  readonly #options: PrivacyDeskOptions;
  readonly #snapshots = new Map<string, Snapshot>();

  constructor(options: PrivacyDeskOptions) {
    this.#options = options;
  }

  /** As they were within the last five seconds. */
  async read(instance: InstanceRow): Promise<PrivacySettings> {
    const { clock, sessions } = this.#options;
    const { profile } = sessions.session(instance.id);
    const known = this.#snapshots.get(instance.id);
    // Another connection may be one of another account.
    const fresh = known?.profile === profile && clock.now() - known.at < FRESH_MS;
    return fresh ? known.settings : this.#ask(instance.id, profile);
  }

  /** Changes one after the other; resolves with what WhatsApp then says. */
  async update(instance: InstanceRow, changes: PrivacyChange[]): Promise<PrivacySettings> {
    const { clock, sessions } = this.#options;
    const { profile } = sessions.session(instance.id);
    this.#snapshots.delete(instance.id);
    for (const { field, setting, value } of changes) {
      const text = `Failed to update privacy setting ${field}`;
      await attempted(clock, text, () => profile.setPrivacy(setting, value));
    }
    return this.#ask(instance.id, profile);
  }

  #ask(instanceId: string, profile: Session['profile']): Promise<PrivacySettings> {
    const { clock } = this.#options;
    for (const [id, { at }] of this.#snapshots) if (clock.now() - at >= FRESH_MS) this.#snapshots.delete(id);
    const settings = attempted(clock, 'Failed to get privacy settings', () => profile.privacy());
    const snapshot = { profile, at: clock.now(), settings };
    this.#snapshots.set(instanceId, snapshot);
    // What failed may be asked again at once.
    settings.catch(() => {
      if (this.#snapshots.get(instanceId) === snapshot) this.#snapshots.delete(instanceId);
    });
    return settings;
  }
}
