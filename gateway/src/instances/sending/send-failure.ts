import { type Failure, failure } from '../../failure.ts';
import { NEW_CHATS_LOCKED } from '../../whatsapp/refusal.ts';
import { SendFailed } from '../../whatsapp/session.ts';

/** What a caller is told of a send, or of a question before it, that WhatsApp did not carry out. */
export function sendFailure(failed: SendFailed): Failure {
  const { reason } = failed;
  switch (reason.kind) {
    case 'not_connected':
      return failure('instance_not_connected', undefined, failed);
    case 'unacknowledged':
      return failure('message_unacknowledged', undefined, failed);
    case 'throttled':
      return failure('message_throttled', undefined, failed);
    case 'timed_out':
      return failure('message_failed', { reason: 'timed out' }, failed);
    case 'failed':
      return failure('message_failed', { reason: reason.text }, failed);
    case 'refused':
      if (failed.isThrottled) return failure('message_throttled', undefined, failed);
      return reason.code === NEW_CHATS_LOCKED
        ? failure('new_chats_locked', undefined, failed)
        : failure('message_refused', { code: reason.code }, failed);
  }
}

/** Awaits a question to WhatsApp that a send depends on; its failures become those of the send. */
export async function asked<T>(question: Promise<T>): Promise<T> {
  try {
    return await question;
  } catch (error) {
    throw error instanceof SendFailed ? sendFailure(error) : error;
  }
}
