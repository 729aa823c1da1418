/** Names of the texts in `_locales`; each language has all of them. */
export const TEXTS = [
  'name',
  'description',
  'heading',
  'explanation',
  'action_sign',
  'action_again',
  'action_confirm',
  'status_reading',
  'status_signing',
  'status_verifying',
  'status_confirmation',
  'status_finishing',
  'status_linked',
  'error_link',
  'error_not_allowed',
  'error_unreachable',
  'error_gateway',
  'error_over',
  'error_not_waiting',
  'error_cancelled',
  'error_signing',
  'error_tab_closed',
  'failed_passkey_timeout',
  'failed_passkey_no_answer',
  'failed_passkey_rejected',
  'failed_passkey_cancelled',
  'failed_passkey_connection_lost',
  'failed_other',
] as const;

export type TextName = (typeof TEXTS)[number];

/** What to say of a ceremony that has ended. */
export function outcomeText(outcome: string): TextName {
  if (outcome === 'linked') return 'status_linked';
  return TEXTS.find((name) => name === `failed_${outcome}`) ?? 'failed_other';
}

/** What to say of a request that the gateway did not take. */
export function refusalText(status: number): TextName {
  if (status === 0) return 'error_unreachable';
  if (status === 404 || status === 410) return 'error_over';
  return status === 409 ? 'error_not_waiting' : 'error_gateway';
}

/** What to say when the browser did not sign. */
export function signingText(error: string): TextName {
  return error === 'NotAllowedError' ? 'error_cancelled' : 'error_signing';
}
