import type { InstanceRow } from '../../storage/schema.ts';
import { squarePicture } from '../../whatsapp/media/outgoing/picture.ts';
import { askWithinAMinute, failedWith } from '../ask-whatsapp.ts';
import type { ProfileDeps } from './deps.ts';

/** What is left out keeps its value. */
export interface ProfileChange {
  /** URL or data URI; '' removes the picture. */
  profilePicture: string | undefined;
  profileName: string | undefined;
  profileStatus: string | undefined;
}

/**
 * Applies picture, name and about text, in this order; resolves with the names of what was applied. The first step
 * that fails ends the operation; those before it stay applied.
 */
export async function updateProfile(
  instance: InstanceRow,
  { profilePicture, profileName, profileStatus }: ProfileChange,
  deps: ProfileDeps,
): Promise<string[]> {
  const { profile } = deps.sessions.session(instance.id);
  const { fetch } = deps;
  const picture = profilePicture
    ? await squarePicture(profilePicture, { fetch, field: 'profilePicture', rawBase64: false })
    : null;
  const steps: [string, unknown, () => Promise<void>][] = [
    ['profilePicture', profilePicture, () => profile.setPicture(picture)],
    ['profileName', profileName, () => profile.setName(profileName ?? '')],
    ['profileStatus', profileStatus, () => profile.setAbout(profileStatus ?? '')],
  ];
  const changes = steps.filter(([, value]) => value !== undefined);
  for (const [field, , apply] of changes) {
    await askWithinAMinute(deps.clock, failedWith(`Failed to update profile: ${field}`), apply);
  }
  return changes.map(([field]) => field);
}
