import { SendFailed } from '../whatsapp/session.ts';

/** The code with which WhatsApp refused when it is one of `codes`, else null. */
export function refusalCode(error: unknown, codes: readonly number[]): number | null {
  if (!(error instanceof SendFailed) || error.reason.kind !== 'refused') return null;
  return codes.includes(error.reason.code) ? error.reason.code : null;
}

/** Why one step of an operation failed, for warnings and lists of results. Throws what is not a `SendFailed`. */
export function refusalReason(error: unknown): string {
  if (!(error instanceof SendFailed)) throw error;
  const { reason } = error;
  switch (reason.kind) {
    case 'not_connected':
      return 'not connected';
    case 'throttled':
      return 'rate-overlimit';
    case 'refused':
      return reason.text ?? `code ${reason.code}`;
    case 'failed':
      return reason.text;
    case 'timed_out':
    case 'unacknowledged':
      return 'timed out';
  }
}
