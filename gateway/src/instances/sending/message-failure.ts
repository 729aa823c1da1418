import { type Failure, failure } from '../../failure.ts';
import { NEW_CHATS_LOCKED } from '../../whatsapp/refusal.ts';
import type { SendFailed } from '../../whatsapp/session.ts';

/** The failure of a message that WhatsApp did not take, or of a lookup before it that failed. */
export function messageFailure(failed: SendFailed): Failure {
  const { reason } = failed;
  switch (reason.kind) {
    case 'unacknowledged':
      return failure('message_unacknowledged', undefined, failed);
    case 'failed':
      return failure('message_failed', { reason: reason.text }, failed);
    case 'refused':
      return reason.code === NEW_CHATS_LOCKED
        ? failure('new_chats_locked', undefined, failed)
        : failure('message_refused', { code: reason.code }, failed);
    default:
      return failure('message_failed', { reason: 'timed out' }, failed);
  }
}
