import { failure } from '../../failure.ts';
import type { GroupMetadata } from '../../whatsapp/group.ts';
import type { GroupOperations } from '../../whatsapp/ports/groups.ts';
import { failedTo, publicFailure } from '../ask-whatsapp.ts';
import { refusalCode } from '../refusal.ts';
import { CODE_REVOKED, NO_SUCH_CODE, NO_SUCH_GROUP } from './group-codes.ts';

/** The group that an invite code shows; throws `invite_invalid`, `invite_revoked`, `group_unknown`. */
export async function previewGroup(
  groups: Pick<GroupOperations, 'preview'>,
  code: string,
  operation: string,
): Promise<GroupMetadata> {
  try {
    return await groups.preview(code);
  } catch (error) {
    if (refusalCode(error, NO_SUCH_CODE) !== null) throw failure('invite_invalid', undefined, error);
    if (refusalCode(error, CODE_REVOKED) !== null) throw failure('invite_revoked', undefined, error);
    if (refusalCode(error, NO_SUCH_GROUP) !== null) throw failure('group_unknown', undefined, error);
    throw publicFailure(error, failedTo(operation));
  }
}
