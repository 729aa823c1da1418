import { failure } from '../../failure.ts';
import type { InstanceRow } from '../../storage/schema.ts';
import type { GroupMetadata } from '../../whatsapp/group.ts';
import { isSelf } from '../../whatsapp/inbound/origin.ts';
import type { GroupOperations } from '../../whatsapp/ports/groups.ts';
import type { Session } from '../../whatsapp/session.ts';
import { askWhatsApp, failedTo } from '../ask-whatsapp.ts';
import { readPicture } from '../picture.ts';
import { refusalCode } from '../refusal.ts';
import { readChanged } from './changed-group.ts';
import type { GroupDeps } from './deps.ts';
import { changesTowards, type DesiredGroup, type Warning, warningOf } from './group-changes.ts';
import { NOT_A_MEMBER } from './group-codes.ts';
import { type ParticipantResult, readEntries, registered, resultsOf } from './participant-entries.ts';

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

export interface CreatedGroup {
  group: GroupMetadata;
  code: string | null;
  failed: FailedParticipant[];
  warnings: Warning[];
}

type FailedParticipant = Extract<ParticipantResult, { success: false }>;

/** Creates a group. What goes wrong once it exists is a warning: the group stays. */
export async function createGroup(
  instance: InstanceRow,
  request: NewGroup,
  deps: GroupDeps,
): Promise<CreatedGroup> {
  const session = deps.sessions.session(instance.id);
  const { groups } = session;
  const { entries, group, refused } = await askWhatsApp(failedTo('create group'), () =>
    create(instance, session, request, deps),
  );
  const warnings = await finish(groups, group, request, deps);
  const failed = resultsOf(entries, refused, 'add').filter(
    (result): result is FailedParticipant => !result.success,
  );
  const [metadata, code] = await readChanged(groups, group);
  return { group: metadata, code, failed, warnings };
}

async function create(instance: InstanceRow, session: Session, request: NewGroup, deps: GroupDeps) {
  const { groups, self } = session;
  const community = request.community ?? null;
  if (community) await requireCommunity(groups, community);
  const named = readEntries(request.participants);
  const found = await registered(instance, named, deps);
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
  const picture = image === undefined ? undefined : await readPicture(image, fetch);
  if (picture && 'error' in picture) warnings.push({ field: 'image', error: picture.error });
  const jpeg = picture && 'jpeg' in picture ? picture.jpeg : undefined;
  for (const change of changesTowards({ description, jpeg, settings }, group)) {
    try {
      await change.apply(groups);
    } catch (error) {
      warnings.push(warningOf(change, error));
    }
  }
  return warnings;
}
