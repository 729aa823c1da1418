import type { InstanceRow } from '../../storage/schema.ts';
import type { GroupIdentifier } from '../../whatsapp/invite.ts';
import type { GroupDeps } from './deps.ts';
import { inGroup } from './in-group.ts';

const REFUSALS = {
  operation: 'reset group invite link',
  forbidden: 'Not authorized to reset group invite link (must be admin)',
};

/** Revokes the invite code of a group; resolves with the new one. */
export function resetInvite(
  instance: InstanceRow,
  identifier: GroupIdentifier,
  deps: GroupDeps,
): Promise<{ jid: string; code: string }> {
  return inGroup(instance, identifier, REFUSALS, deps, async (groups, { jid }) => ({
    jid,
    code: await groups.resetInvite(jid),
  }));
}
