import { failure } from '../../failure.ts';
import type { InstanceRow } from '../../storage/schema.ts';
import type { GroupMetadata } from '../../whatsapp/group.ts';
import type { GroupIdentifier } from '../../whatsapp/invite.ts';
import { type GroupDeps, groupFailure, inGroup, previewOf, refusalCode, storedGroups } from './access.ts';

const JOINING = { operation: 'join group', forbidden: 'Not allowed to join this group' };
const LEAVING = { operation: 'leave group', forbidden: 'Not allowed to leave this group' };
const READING = { operation: 'get group info', forbidden: '' };
const NOT_LET_IN: readonly number[] = [401, 403, 419];
const ALREADY_IN = 409;
const NOT_FOUND = 404;

/** Joins by a code, or is queued where admins approve. */
export async function joinGroup(
  instance: InstanceRow,
  code: string,
  deps: GroupDeps,
): Promise<{ jid: string; requiresApproval: boolean }> {
  const { groups } = deps.sessions.session(instance.id);
  const { jid } = await previewOf(groups, code, JOINING).catch(joinFailure);
  if (await storedGroups(deps, instance).find(jid)) return { jid, requiresApproval: false };
  try {
    if ((await groups.join(code)) === 'requested') return { jid, requiresApproval: true };
  } catch (error) {
    if (refusalCode(error, [ALREADY_IN]) === null) throw joinFailed(error);
  }
  // What was joined is known before anybody asks for it.
  await groups.metadata(jid).catch((error) => joinFailure(groupFailure(error, JOINING)));
  return { jid, requiresApproval: false };
}

function joinFailed(error: unknown): unknown {
  if (refusalCode(error, NOT_LET_IN) !== null) {
    return failure('operation_forbidden', { text: JOINING.forbidden }, error);
  }
  if (refusalCode(error, [NOT_FOUND]) !== null) return failure('invited_group_unknown', undefined, error);
  return groupFailure(error, JOINING);
}

/** Whoever joins is no member: a group that is gone is told in other words. */
function joinFailure(error: unknown): never {
  const unknown = (error as { code?: string }).code === 'group_unknown';
  throw unknown ? failure('invited_group_unknown', undefined, error) : error;
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
    const preview = await previewOf(groups, identifier.code, READING);
    if (!(await stored.find(preview.jid))) {
      return { group: preview, code: identifier.code, image: await groups.picture(preview.jid) };
    }
  }
  return inGroup(instance, identifier, READING, deps, async (_, { jid }) => ({
    group: await groups.metadata(jid),
    code: 'code' in identifier ? identifier.code : await groups.inviteCode(jid),
    image: await groups.picture(jid),
  }));
}
