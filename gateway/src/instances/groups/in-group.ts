import { failure } from '../../failure.ts';
import type { InstanceRow } from '../../storage/schema.ts';
import type { GroupMetadata } from '../../whatsapp/group.ts';
import type { GroupIdentifier } from '../../whatsapp/invite.ts';
import type { GroupOperations } from '../../whatsapp/ports/groups.ts';
import { failedTo, publicFailure } from '../ask-whatsapp.ts';
import { refusalCode } from '../refusal.ts';
import { type GroupDeps, storedGroups } from './deps.ts';
import { FORBIDDEN, NO_SUCH_GROUP, NOT_A_MEMBER } from './group-codes.ts';
import { previewGroup } from './preview-group.ts';

/** What an operation in a group is called (`failed to <operation>: <reason>`), and the text of its 403. */
export interface Refusals {
  operation: string;
  forbidden: string;
}

/**
 * Runs `work` in a group that the instance is a member of. Throws `group_unknown` when it is in no such group,
 * `operation_forbidden` when WhatsApp does not let this member do it, and what an invite code throws.
 */
export async function inGroup<T>(
  instance: InstanceRow,
  identifier: GroupIdentifier,
  { operation, forbidden }: Refusals,
  deps: GroupDeps,
  work: (groups: GroupOperations, group: GroupMetadata) => Promise<T>,
): Promise<T> {
  const { groups } = deps.sessions.session(instance.id);
  const jid =
    'jid' in identifier ? identifier.jid : (await previewGroup(groups, identifier.code, operation)).jid;
  const stored = await storedGroups(instance, deps).find(jid);
  const group = stored ?? (await requireMember(groups, jid, operation));
  try {
    return await work(groups, group);
  } catch (error) {
    if (refusalCode(error, NO_SUCH_GROUP) !== null) throw failure('group_unknown', undefined, error);
    if (refusalCode(error, FORBIDDEN) === null) throw publicFailure(error, failedTo(operation));
    // What is stored may be older than a removal, and "forbidden" is the answer to a member only.
    await requireMember(groups, jid, operation);
    throw failure('operation_forbidden', { text: forbidden }, error);
  }
}

/** Metadata of a group that the account is in; throws `group_unknown` when it is not. */
async function requireMember(
  groups: Pick<GroupOperations, 'metadata'>,
  jid: string,
  operation: string,
): Promise<GroupMetadata> {
  try {
    return await groups.metadata(jid);
  } catch (error) {
    if (refusalCode(error, NOT_A_MEMBER) !== null) throw failure('group_unknown', undefined, error);
    throw publicFailure(error, failedTo(operation));
  }
}
