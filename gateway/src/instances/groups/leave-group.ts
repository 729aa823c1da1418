import type { InstanceRow } from '../../storage/schema.ts';
import type { GroupIdentifier } from '../../whatsapp/invite.ts';
import { type GroupDeps, storedGroups } from './deps.ts';
import { inGroup } from './in-group.ts';

const REFUSALS = { operation: 'leave group', forbidden: 'Not allowed to leave this group' };

/** Leaves a group, or a community with everything linked to it. Resolves with its JID. */
export function leaveGroup(
  instance: InstanceRow,
  identifier: GroupIdentifier,
  deps: GroupDeps,
): Promise<string> {
  return inGroup(instance, identifier, REFUSALS, deps, async (groups, group) => {
    await groups.leave(group);
    // The notification comes a moment later; until then the store would still list the group.
    const stored = storedGroups(instance, deps);
    const linked = group.isCommunity ? (await stored.all()).filter(({ parent }) => parent === group.jid) : [];
    for (const { jid } of [group, ...linked]) await stored.leave(jid);
    return group.jid;
  });
}
