import type { InstanceRow } from '../../storage/schema.ts';
import type { GroupIdentifier } from '../../whatsapp/invite.ts';
import type { MembershipRequest } from '../../whatsapp/ports/groups.ts';
import type { GroupDeps } from './deps.ts';
import { inGroup } from './in-group.ts';

const REFUSALS = {
  operation: 'get group requests',
  forbidden: 'Not authorized to view group requests (must be admin)',
};

/** The people who ask to join a group, oldest request first. */
export function listJoinRequests(
  instance: InstanceRow,
  identifier: GroupIdentifier,
  deps: GroupDeps,
): Promise<{ jid: string; requests: MembershipRequest[] }> {
  return inGroup(instance, identifier, REFUSALS, deps, async (groups, { jid }) => {
    const requests = await groups.requests(jid);
    return { jid, requests: requests.toSorted((a, b) => (a.at ?? 0) - (b.at ?? 0)) };
  });
}
