import { Failure, failure } from '../../failure.ts';
import type { InstanceRow } from '../../storage/schema.ts';
import type { GroupMetadata } from '../../whatsapp/group.ts';
import type { GroupIdentifier } from '../../whatsapp/invite.ts';
import type { GroupOperations } from '../../whatsapp/ports/groups.ts';
import {
  asking,
  failureOf,
  type GroupDeps,
  inGroup,
  previewOf,
  refusalCode,
  storedGroups,
} from './access.ts';

const JOINING = 'join group';
const LEAVING = { operation: 'leave group', forbidden: 'Not allowed to leave this group' };
const READING = { operation: 'get group info', forbidden: 'Not allowed to see this group' };
const NOT_LET_IN: readonly number[] = [401, 403, 419];
const ALREADY_IN: readonly number[] = [409];
const NOT_FOUND: readonly number[] = [404];

/** Joins by a code, or is queued where admins approve. */
export async function joinGroup(
  instance: InstanceRow,
  code: string,
  deps: GroupDeps,
): Promise<{ jid: string; requiresApproval: boolean }> {
  const { groups } = deps.sessions.session(instance.id);
  const jid = await invitedTo(groups, code);
  if (await storedGroups(deps, instance).find(jid)) return { jid, requiresApproval: false };
  try {
    if ((await groups.join(code)) === 'requested') return { jid, requiresApproval: true };
  } catch (error) {
    if (refusalCode(error, ALREADY_IN) === null) throw joinFailure(error);
  }
  // What was joined is known before anybody asks for it.
  await asking(JOINING, groups.metadata(jid));
  return { jid, requiresApproval: false };
}

/** Whoever joins is no member: that a group is gone is told in other words than to members. */
async function invitedTo(groups: GroupOperations, code: string): Promise<string> {
  try {
    return (await previewOf(groups, code, JOINING)).jid;
  } catch (error) {
    const gone = error instanceof Failure && error.code === 'group_unknown';
    throw gone ? failure('invited_group_unknown', undefined, error) : error;
  }
}

function joinFailure(error: unknown): unknown {
  if (refusalCode(error, NOT_LET_IN) !== null) {
    return failure('operation_forbidden', { text: 'Not allowed to join this group' }, error);
  }
  if (refusalCode(error, NOT_FOUND) !== null) return failure('invited_group_unknown', undefined, error);
  return failureOf(JOINING, error);
}

/** Leaves a group, or a community with everything linked to it. Resolves with its JID. */
export function leaveGroup(
  instance: InstanceRow,
  identifier: GroupIdentifier,
  deps: GroupDeps,
): Promise<string> {
  return inGroup(instance, identifier, LEAVING, deps, async (groups, group) => {
    await groups.leave(group);
    // The notification comes a moment later; whoever asks in between is told the truth.
    const stored = storedGroups(deps, instance);
    const linked = group.isCommunity ? (await stored.all()).filter(({ parent }) => parent === group.jid) : [];
    for (const { jid } of [group, ...linked]) await stored.leave(jid);
    return group.jid;
  });
}

export interface GroupFacts {
  group: GroupMetadata;
  code: string | null;
  image: string | null;
}

/** Everything about a group that the instance is in; with a code, also about one that it could join. */
export async function readGroupFacts(
  instance: InstanceRow,
  identifier: GroupIdentifier,
  deps: GroupDeps,
): Promise<GroupFacts> {
  const { groups } = deps.sessions.session(instance.id);
  const stored = storedGroups(deps, instance);
  if ('code' in identifier) {
    const preview = await previewOf(groups, identifier.code, READING.operation);
    if (!(await stored.find(preview.jid))) {
      const image = await asking(READING.operation, groups.picture(preview.jid));
      return { group: preview, code: identifier.code, image };
    }
  }
  return inGroup(instance, identifier, READING, deps, async (_, { jid }) => ({
    group: await groups.metadata(jid),
    code: 'code' in identifier ? identifier.code : await groups.inviteCode(jid),
    image: await groups.picture(jid),
  }));
}
