import type { GroupMetadata } from '../../whatsapp/group.ts';
import type { GroupOperations } from '../../whatsapp/ports/groups.ts';

/**
 * A group as WhatsApp has it after a change, and its invite code (null when it cannot be read). The change was made:
 * metadata that cannot be read are those from before, not a failure of the operation.
 */
export async function readChanged(
  groups: GroupOperations,
  group: GroupMetadata,
): Promise<[GroupMetadata, string | null]> {
  const metadata = await groups.metadata(group.jid).catch(() => group);
  return [metadata, await groups.inviteCode(group.jid).catch(() => null)];
}
