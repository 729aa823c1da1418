import { failure } from '../../failure.ts';
import { SETTINGS } from '../../mailbox/group-views.ts';
import type { InstanceRow } from '../../storage/schema.ts';
import type { GroupMetadata } from '../../whatsapp/group.ts';
import { isSelf } from '../../whatsapp/inbound/origin.ts';
import type { GroupOperations } from '../../whatsapp/ports/groups.ts';
import { type GroupDeps, groupFailure, reasonOf, refusalCode } from './access.ts';
import { changesTowards, type GroupWish } from './changes.ts';
import { readImage } from './image.ts';
import { type ParticipantResult, readEntries, registered, resultsOf } from './people.ts';

const REFUSALS = {
  operation: 'create group',
  forbidden: 'Not authorized to link groups to this community (must be admin)',
};

export interface NewGroup {
  name: string;
  participants: string[];
  description: string | undefined;
  image: string | undefined;
  /** JID */
  community: string | undefined;
  settings: GroupWish['settings'];
}

export interface Warning {
  field: string;
  error: string;
}

/** Makes a group. What goes wrong once it is there is a warning: the group is not taken back. */
export async function createGroup(instance: InstanceRow, wish: NewGroup, deps: GroupDeps) {
  const session = deps.sessions.session(instance.id);
  const { groups, self } = session;
  try {
    if (wish.community) await requireCommunity(groups, wish.community);
    const { id: instanceId } = instance;
    const { numbers } = deps;
    const found = await registered(readEntries(wish.participants), { instanceId, session, numbers });
    const entries = found.filter(({ person }) => !person || !isSelf(person, self));
    const wanted = entries.flatMap(({ wire }) => wire ?? []);
    if (wanted.length === 0) throw failure('field_invalid', { text: 'No valid participants' });
    const request = { subject: wish.name, participants: wanted, community: wish.community ?? null };
    const { group, refused } = await groups.create(request);
    const warnings = await finish(groups, group, wish, deps);
    const failed = resultsOf(entries, refused, 'add').filter(
      (result): result is FailedParticipant => !result.success,
    );
    const [metadata, code] = [await groups.metadata(group.jid), await groups.inviteCode(group.jid)];
    return { group: metadata, code, failed, warnings };
  } catch (error) {
    throw groupFailure(error, REFUSALS);
  }
}

type FailedParticipant = Extract<ParticipantResult, { success: false }>;

async function requireCommunity(groups: GroupOperations, jid: string): Promise<void> {
  const metadata = await groups.metadata(jid).catch((error) => {
    if (refusalCode(error, [401, 403, 404]) === null) throw error;
    throw failure('community_unknown', undefined, error);
  });
  if (!metadata.isCommunity) throw failure('community_unknown');
}

/** Description, picture and settings, which WhatsApp takes one by one. */
async function finish(
  groups: GroupOperations,
  group: GroupMetadata,
  { description, image, settings }: NewGroup,
  { fetch }: GroupDeps,
): Promise<Warning[]> {
  const warnings: Warning[] = [];
  const picture = image === undefined ? undefined : await readImage(image, fetch);
  if (picture && 'error' in picture) warnings.push({ field: 'image', error: picture.error });
  const jpeg = picture && 'jpeg' in picture ? picture.jpeg : undefined;
  for (const change of changesTowards({ description, jpeg, settings }, group)) {
    try {
      await change.apply(groups);
    } catch (error) {
      const field = Object.hasOwn(SETTINGS, change.field) ? `groupSettings.${change.field}` : change.field;
      warnings.push({ field, error: change.warning(reasonOf(error)) });
    }
  }
  return warnings;
}
