/**
 * Everything that the rooms above `whatsapp/` answer a caller with instead of a result, as a closed set: a code and what
 * its text needs. What `whatsapp/` refuses by itself is `WhatsAppError`. Status and public text live in `http/errors.ts`; a code without them does not compile.
 */
export interface FailureDetails {
  // who is asking
  token_missing: { sources: 'header' | 'websocket' | 'admin' };
  token_invalid: undefined;
  token_not_account: undefined;
  token_not_this_instance: undefined;
  token_conflict: undefined;
  unauthenticated: undefined;
  instance_mismatch: undefined;
  instance_foreign: undefined;
  origin_forbidden: undefined;
  https_required: undefined;
  rate_limited: { retryAfterSeconds: number };

  // the request as such
  route_unknown: undefined;
  method_not_allowed: { allow: string[] };
  body_too_large: undefined;
  media_type_unsupported: undefined;
  path_invalid: undefined;
  body_invalid: { detail: string | null };
  field_required: { field: string };
  /** A rule of one field, with its public text. */
  field_invalid: { text: string };
  address_forbidden: { field: string };
  upgrade_required: undefined;

  // accounts and instances
  account_unknown: undefined;
  account_name_taken: undefined;
  account_has_instances: undefined;
  instance_name_missing: undefined;
  instance_unknown: undefined;
  /** As the call and Chatwoot modules write it. */
  instance_unknown_lower_case: undefined;
  instance_name_taken: undefined;
  token_taken: undefined;
  quota_exceeded: undefined;
  session_missing: undefined;
  instance_not_connected: undefined;
  /** The same where the contract answers 400: communities and newsletters. */
  instance_offline: undefined;
  /** An operation that the contract answers with a text of its own (`Failed to connect: <reason>`). */
  operation_failed: { text: string };
  connect_timed_out: { waitingFor: 'QR code' | 'pairing code' };

  // linking by passkey
  passkey_not_waiting: undefined;
  passkey_other_running: undefined;
  passkey_expired: undefined;
  passkey_link_unknown: undefined;

  // idempotency
  idempotency_key_invalid: undefined;
  idempotency_key_reused: undefined;
  idempotency_key_running: undefined;
  idempotency_outcome_unknown: undefined;

  // events
  webhook_unknown: { label: string };
  webhook_url_taken: { label: string };
  webhook_limit: undefined;
  webhook_label_limit: undefined;
  webhook_disabled: { label: string };
  delivery_unknown: undefined;
  event_unknown: undefined;
  event_log_disabled: undefined;
  websocket_unknown: undefined;
  websocket_disabled: { instance: string };
  websocket_limit: undefined;

  // messages
  media_unavailable: undefined;
  number_unregistered: undefined;
  message_unknown: undefined;
  /** Of another instance of the same account. */
  message_elsewhere: undefined;
  /** The same, said by the operations that change a message. */
  message_to_change_unknown: undefined;
  message_to_pin_unknown: { id: string };
  label_unknown: undefined;
  reply_target_unknown: undefined;
  reply_private_own: undefined;
  group_unknown: undefined;
  invite_invalid: undefined;
  invite_revoked: undefined;
  invited_group_unknown: undefined;
  community_unknown: undefined;
  /** WhatsApp does not let the account do it; each operation has a text of its own. */
  operation_forbidden: { text: string };
  new_chats_locked: undefined;
  message_refused: { code: number };
  message_throttled: undefined;
  message_failed: { reason: string };
  message_unacknowledged: undefined;

  // calls
  audio_calls_unsupported: undefined;

  // the gateway itself
  storage_unavailable: undefined;
  internal: undefined;
}

export type FailureCode = keyof FailureDetails;

/** An expected failure. Anything else that is thrown is a defect and answers 500 without details. */
export class Failure<C extends FailureCode = FailureCode> extends Error {
  override name = 'Failure';
  readonly code: C;
  readonly details: FailureDetails[C];

  constructor(code: C, details: FailureDetails[C], options?: ErrorOptions) {
    super(code, options);
    this.code = code;
    this.details = details;
  }
}

type WithoutDetails = { [C in FailureCode]: FailureDetails[C] extends undefined ? C : never }[FailureCode];

/** `failure('token_invalid')`, `failure('field_required', { field: 'Name' })`; `cause` goes to the log only. */
export function failure<C extends WithoutDetails>(code: C, details?: undefined, cause?: unknown): Failure<C>;
export function failure<C extends FailureCode>(
  code: C,
  details: FailureDetails[C],
  cause?: unknown,
): Failure<C>;
export function failure<C extends FailureCode>(
  code: C,
  details: FailureDetails[C],
  cause?: unknown,
): Failure<C> {
  return new Failure(code, details, cause === undefined ? undefined : { cause });
}
