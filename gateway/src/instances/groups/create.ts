import { failure } from '../../failure.ts';
import { SETTINGS } from '../../mailbox/group-views.ts';
import type { InstanceRow } from '../../storage/schema.ts';
import type { GroupMetadata } from '../../whatsapp/group.ts';
import { isSelf } from '../../whatsapp/inbound/origin.ts';
import type { GroupOperations } from '../../whatsapp/ports/groups.ts';
import type { Session } from '../../whatsapp/session.ts';
import { asking, type GroupDeps, NOT_A_MEMBER, reasonOf, refusalCode } from './access.ts';
import { changesTowards, type DesiredGroup } from './changes.ts';
import { readImage } from './image.ts';
import { type ParticipantResult, readEntries, registered, resultsOf } from './people.ts';

const OPERATION = 'create group';
const NOT_ADMIN = 'Not authorized to link groups to this community (must be admin)';

export interface NewGroup {
  name: string;
  participants: string[];
  description: string | undefined;
  image: string | undefined;
  /** JID */
  community: string | undefined;
  settings: DesiredGroup['settings'];
}

export interface Warning {
  field: string;
  error: string;
}

/** Makes a group. What goes wrong once it is there is a warning: the group is not taken back. */
export async function createGroup(instance: InstanceRow, request: NewGroup, deps: GroupDeps) {
  const session = deps.sessions.session(instance.id);
  const { groups } = session;
  const { entries, group, refused } = await asking(OPERATION, make(instance, session, request, deps));
  const warnings = await finish(groups, group, request, deps);
  const failed = resultsOf(entries, refused, 'add').filter(
    (result): result is FailedParticipant => !result.success,
  );
  const [metadata, code] = await afterwards(groups, group);
  return { group: metadata, code, failed, warnings };
}

/** How a group is now and its code. It was changed: that this cannot be read is no reason to say that it was not. */
export async function afterwards(
  groups: GroupOperations,
  group: GroupMetadata,
): Promise<[GroupMetadata, string | null]> {
  const metadata = await groups.metadata(group.jid).catch(() => group);
  return [metadata, await groups.inviteCode(group.jid).catch(() => null)];
}

async function make(instance: InstanceRow, session: Session, request: NewGroup, { numbers }: GroupDeps) {
  const { groups, self } = session;
  const community = request.community ?? null;
  if (community) await requireCommunity(groups, community);
  const named = readEntries(request.participants);
  const found = await registered(named, { instanceId: instance.id, session, numbers });
  const entries = found.filter(({ person }) => !person || !isSelf(person, self));
  const participants = entries.flatMap(({ wire }) => wire ?? []);
  if (participants.length === 0) throw failure('field_invalid', { text: 'No valid participants' });
  try {
    return { entries, ...(await groups.create({ subject: request.name, participants, community })) };
  } catch (error) {
    if (!community || refusalCode(error, NOT_A_MEMBER) === null) throw error;
    throw failure('operation_forbidden', { text: NOT_ADMIN }, error);
  }
}

type FailedParticipant = Extract<ParticipantResult, { success: false }>;

async function requireCommunity(groups: GroupOperations, jid: string): Promise<void> {
  const metadata = await groups.metadata(jid).catch((error) => {
    if (refusalCode(error, NOT_A_MEMBER) === null) throw error;
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
