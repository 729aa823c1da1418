import { Failure, failure } from '../../failure.ts';
import type { InstanceRow } from '../../storage/schema.ts';
import type { GroupOperations } from '../../whatsapp/ports/groups.ts';
import { askWhatsApp, failedTo, publicFailure } from '../ask-whatsapp.ts';
import { refusalCode } from '../refusal.ts';
import { type GroupDeps, storedGroups } from './deps.ts';
import { ALREADY_MEMBER, NO_SUCH_GROUP, NOT_ADMITTED } from './group-codes.ts';
import { previewGroup } from './preview-group.ts';

const OPERATION = 'join group';

/** Joins by an invite code, or asks to join where admins approve. */
export async function joinGroup(
  instance: InstanceRow,
  code: string,
  deps: GroupDeps,
): Promise<{ jid: string; requiresApproval: boolean }> {
  const { groups } = deps.sessions.session(instance.id);
  const jid = await findInvited(groups, code);
  if (await storedGroups(instance, deps).find(jid)) return { jid, requiresApproval: false };
  try {
    if ((await groups.join(code)) === 'requested') return { jid, requiresApproval: true };
  } catch (error) {
    if (refusalCode(error, ALREADY_MEMBER) === null) throw joinFailure(error);
  }
  // The group is stored before the answer, so that the client's next request finds it.
  await askWhatsApp(failedTo(OPERATION), () => groups.metadata(jid));
  return { jid, requiresApproval: false };
}

/** A group that is gone has another public text here than for its members. */
async function findInvited(groups: GroupOperations, code: string): Promise<string> {
  try {
    return (await previewGroup(groups, code, OPERATION)).jid;
  } catch (error) {
    const isGone = error instanceof Failure && error.code === 'group_unknown';
    throw isGone ? failure('invited_group_unknown', undefined, error) : error;
  }
}

function joinFailure(error: unknown): unknown {
  if (refusalCode(error, NOT_ADMITTED) !== null) {
    return failure('operation_forbidden', { text: 'Not allowed to join this group' }, error);
  }
  if (refusalCode(error, NO_SUCH_GROUP) !== null) return failure('invited_group_unknown', undefined, error);
  return publicFailure(error, failedTo(OPERATION));
}
