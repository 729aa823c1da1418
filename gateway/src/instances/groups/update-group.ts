import type { InstanceRow } from '../../storage/schema.ts';
import type { GroupMetadata } from '../../whatsapp/group.ts';
import type { GroupIdentifier } from '../../whatsapp/invite.ts';
import type { GroupOperations } from '../../whatsapp/ports/groups.ts';
import { readPicture } from '../picture.ts';
import { readChanged } from './changed-group.ts';
import type { GroupDeps } from './deps.ts';
import { changesTowards, type DesiredGroup, type Warning, warningOf } from './group-changes.ts';
import { inGroup } from './in-group.ts';

const REFUSALS = {
  operation: 'update group',
  forbidden: 'Not authorized to update group (must be admin)',
};

export interface GroupUpdate extends Omit<DesiredGroup, 'jpeg'> {
  identifier: GroupIdentifier;
  image: string | undefined;
  removeImage: boolean;
}

export interface UpdatedGroup {
  group: GroupMetadata;
  code: string | null;
  /** Names of the fields that were changed. */
  changed: string[];
  warnings: Warning[];
}

/** Changes what is different. The first step decides whether the operation fails; a later one that fails is a warning. */
export async function updateGroup(
  instance: InstanceRow,
  update: GroupUpdate,
  deps: GroupDeps,
): Promise<UpdatedGroup> {
  const { identifier } = update;
  deps.sessions.session(instance.id); // without a connection nothing is downloaded
  const image = await desiredPicture(update, deps);
  return inGroup(instance, identifier, REFUSALS, deps, async (groups, group) => {
    const jpeg = image === null && (await groups.picture(group.jid)) === null ? undefined : image;
    const { changed, warnings } = await apply(groups, group, { ...update, jpeg });
    const [metadata, code] = await readChanged(groups, group);
    return { group: metadata, code, changed, warnings };
  });
}

/** Fetched and decoded before anything is changed; null = the picture is to be removed. */
async function desiredPicture({ image, removeImage }: GroupUpdate, { fetch }: GroupDeps) {
  if (removeImage) return null;
  if (image === undefined) return undefined;
  const read = await readPicture(image, fetch);
  if ('error' in read) throw read.error;
  return read.jpeg;
}

async function apply(groups: GroupOperations, group: GroupMetadata, desired: DesiredGroup) {
  const changed: string[] = [];
  const warnings: Warning[] = [];
  for (const [index, change] of changesTowards(desired, group).entries()) {
    try {
      await change.apply(groups);
      changed.push(change.field);
    } catch (error) {
      if (index === 0) throw error;
      warnings.push(warningOf(change, error));
    }
  }
  return { changed, warnings };
}
