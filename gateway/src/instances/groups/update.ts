import { failure } from '../../failure.ts';
import { SETTINGS } from '../../mailbox/group-views.ts';
import type { InstanceRow } from '../../storage/schema.ts';
import type { GroupMetadata } from '../../whatsapp/group.ts';
import type { GroupIdentifier } from '../../whatsapp/invite.ts';
import type { GroupOperations } from '../../whatsapp/ports/groups.ts';
import { type GroupDeps, inGroup, reasonOf } from './access.ts';
import { changesTowards, type DesiredGroup } from './changes.ts';
import { afterwards, type Warning } from './create.ts';
import { readImage } from './image.ts';

const REFUSALS = {
  operation: 'update group',
  forbidden: 'Not authorized to update group (must be admin)',
};

export interface GroupUpdate extends Omit<DesiredGroup, 'jpeg'> {
  image: string | undefined;
  removeImage: boolean;
}

/** Changes what is different. The first step decides whether the call fails; later ones are warnings. */
export async function updateGroup(
  instance: InstanceRow,
  identifier: GroupIdentifier,
  update: GroupUpdate,
  deps: GroupDeps,
) {
  deps.sessions.session(instance.id); // no connection, no download
  const image = await wantedImage(update, deps);
  return inGroup(instance, identifier, REFUSALS, deps, async (groups, group) => {
    const jpeg = image === null && (await groups.picture(group.jid)) === null ? undefined : image;
    const { changed, warnings } = await applied(groups, group, { ...update, jpeg });
    const [metadata, code] = await afterwards(groups, group);
    return { group: metadata, code, changed, warnings };
  });
}

/** Fetched and decoded before anything is changed; null = the picture is to go. */
async function wantedImage({ image, removeImage }: GroupUpdate, { fetch }: GroupDeps) {
  if (removeImage) return null;
  if (image === undefined) return undefined;
  const read = await readImage(image, fetch);
  if ('error' in read) throw failure('field_invalid', { text: read.error });
  return read.jpeg;
}

async function applied(groups: GroupOperations, group: GroupMetadata, desired: DesiredGroup) {
  const changed: string[] = [];
  const warnings: Warning[] = [];
  for (const [index, change] of changesTowards(desired, group).entries()) {
    try {
      await change.apply(groups);
      changed.push(change.field);
    } catch (error) {
      if (index === 0) throw error;
      const field = Object.hasOwn(SETTINGS, change.field) ? `groupSettings.${change.field}` : change.field;
      warnings.push({ field, error: change.warning(reasonOf(error)) });
    }
  }
  return { changed, warnings };
}
