import { type Failure, failure } from '../../failure.ts';
import type { SendFailed } from '../../whatsapp/session.ts';

/** The failure of a call that was not placed: its public text is the reason alone, without words around it. */
export function callFailure(failed: SendFailed): Failure {
  return failure('operation_failed', { text: reasonOf(failed) }, failed);
}

function reasonOf({ reason }: SendFailed): string {
  if (reason.kind === 'refused') return `WhatsApp refused the call (code ${reason.code})`;
  return reason.kind === 'failed' ? reason.text : 'timed out';
}
