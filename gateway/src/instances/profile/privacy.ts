import type { InstanceRow } from '../../storage/schema.ts';
import type { PrivacySetting } from '../../whatsapp/ports/profile.ts';
import { askWithinAMinute, failedWith } from '../ask-whatsapp.ts';
import type { ProfileDeps } from './deps.ts';
import type { PrivacySettings } from './privacy-cache.ts';

type PrivacyDeps = Pick<ProfileDeps, 'clock' | 'privacyCache'> & {
  sessions: { session(instanceId: string): Pick<ReturnType<ProfileDeps['sessions']['session']>, 'profile'> };
};

export interface PrivacyChange {
  /** The public name, `visibility.online`. */
  field: string;
  setting: PrivacySetting;
  value: string;
}

/** The privacy settings of the account as they were within the last five seconds. */
export async function readPrivacy(
  instance: InstanceRow,
  { clock, sessions, privacyCache }: PrivacyDeps,
): Promise<PrivacySettings> {
  const { profile } = sessions.session(instance.id);
  return privacyCache.get(instance.id, profile, () =>
    askWithinAMinute(clock, failedWith('Failed to get privacy settings'), () => profile.privacy()),
  );
}

/** Applies the changes one after the other; resolves with the settings that WhatsApp then gives. */
export async function updatePrivacy(
  instance: InstanceRow,
  changes: PrivacyChange[],
  deps: PrivacyDeps,
): Promise<PrivacySettings> {
  const { profile } = deps.sessions.session(instance.id);
  deps.privacyCache.forget(instance.id);
  for (const { field, setting, value } of changes) {
    const failed = failedWith(`Failed to update privacy setting ${field}`);
    await askWithinAMinute(deps.clock, failed, () => profile.setPrivacy(setting, value));
  }
  deps.privacyCache.forget(instance.id); // a read during the update may have kept what it changes
  return readPrivacy(instance, deps);
}
