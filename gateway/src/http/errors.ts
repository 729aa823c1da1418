import { Failure, type FailureCode, type FailureDetails } from '../failure.ts';
import { WhatsAppError, type WhatsAppErrorCode, type WhatsAppErrors } from '../whatsapp/errors.ts';
import { NEW_CHATS_LOCKED, refusalText } from '../whatsapp/refusal.ts';
import { type PublicError, textOf } from './public-error.ts';
import { whatsAppErrors } from './whatsapp-errors.ts';

const missingToken = {
  header: 'Missing token in header',
  websocket: 'Missing token in header, Authorization header, or query parameter',
  admin: 'Missing token',
} as const;

/** The texts are the contract's literals: clients branch on them. */
const publicErrors: { readonly [C in FailureCode]: PublicError<FailureDetails[C]> } = {
  token_missing: { status: 401, text: ({ sources }) => missingToken[sources] },
  token_invalid: { status: 401, text: 'Invalid token' },
  token_not_account: { status: 401, text: 'Invalid account token' },
  token_not_this_instance: { status: 401, text: 'Invalid instance token' },
  token_conflict: { status: 400, text: 'Conflicting tokens in request' },
  unauthenticated: { status: 401, text: 'Unauthenticated' },
  instance_mismatch: { status: 403, text: 'Instance token does not match requested instance' },
  instance_foreign: { status: 403, text: 'Instance does not belong to your account' },
  origin_forbidden: { status: 403, text: 'Origin not allowed' },
  https_required: { status: 403, text: 'HTTPS is required' },
  rate_limited: { status: 429, text: 'Rate limit exceeded. Try again later.' },

  route_unknown: { status: 404, text: 'Route not found' },
  method_not_allowed: { status: 405, text: 'Method not allowed' },
  body_too_large: { status: 413, text: 'Request body too large' },
  media_type_unsupported: { status: 415, text: 'Content-Type must be application/json' },
  path_invalid: { status: 400, text: 'Invalid request path' },
  body_invalid: {
    status: 400,
    text: ({ detail }) => (detail === null ? 'Invalid request body' : `Invalid request body: ${detail}`),
  },
  field_required: { status: 400, text: ({ field }) => `${field} is required` },
  field_invalid: { status: 400, text: ({ text }) => text },
  address_forbidden: { status: 400, text: ({ field }) => `${field} address is not allowed` },
  upgrade_required: { status: 426, text: 'WebSocket upgrade required' },

  account_unknown: { status: 404, text: 'Account not found' },
  account_name_taken: { status: 409, text: 'Account name already exists' },
  account_has_instances: { status: 409, text: 'Account still has instances' },
  instance_name_missing: { status: 400, text: 'Instance name is required' },
  instance_unknown: { status: 404, text: 'Instance not found' },
  instance_unknown_lower_case: { status: 404, text: 'instance not found' },
  instance_name_taken: { status: 409, text: 'Instance name already exists' },
  token_taken: { status: 409, text: 'Token already in use in this account' },
  quota_exceeded: { status: 403, text: 'Account instance quota exceeded' },
  session_missing: { status: 400, text: 'Instance has no saved session — call /connect first' },
  instance_not_connected: { status: 503, text: 'Instance is not connected to WhatsApp' },
  instance_offline: { status: 400, text: 'Instance is not connected to WhatsApp' },
  operation_failed: { status: 500, text: ({ text }) => text },
  connect_timed_out: { status: 504, text: ({ waitingFor }) => `Timed out waiting for a ${waitingFor}` },

  passkey_not_waiting: { status: 409, text: 'No passkey ceremony is waiting' },
  passkey_other_running: { status: 409, text: 'Another passkey ceremony is running' },
  passkey_expired: { status: 410, text: 'Passkey ceremony expired' },
  passkey_link_unknown: { status: 404, text: 'This link is unknown or over' },

  idempotency_key_invalid: {
    status: 400,
    text: 'Idempotency-Key must be 1 to 255 printable ASCII characters',
  },
  idempotency_key_reused: { status: 409, text: 'Idempotency-Key was used with another request' },
  idempotency_key_running: { status: 409, text: 'A request with this Idempotency-Key is still in progress' },
  idempotency_outcome_unknown: {
    status: 409,
    text: 'The outcome of the first request with this Idempotency-Key is unknown',
  },

  webhook_unknown: { status: 404, text: ({ label }) => `Webhook not configured for label ${label}` },
  webhook_url_taken: { status: 409, text: ({ label }) => `Webhook URL already in use by label ${label}` },
  webhook_limit: { status: 409, text: 'Webhook limit reached: at most 3 enabled webhooks per instance' },
  webhook_label_limit: { status: 409, text: 'Too many webhook labels: at most 20 per instance' },
  webhook_disabled: { status: 409, text: ({ label }) => `Webhook ${label} is disabled` },
  delivery_unknown: { status: 404, text: 'Delivery not found' },
  event_unknown: { status: 404, text: 'Event not found' },
  event_log_disabled: { status: 404, text: 'Event log is disabled' },
  websocket_unknown: { status: 404, text: 'WebSocket not configured for this instance' },
  websocket_disabled: {
    status: 400,
    text: ({ instance }) =>
      'WebSocket is not enabled for this instance. ' +
      `Configure it first using POST /api/events/websocket/${instance}`,
  },
  websocket_limit: { status: 429, text: 'Too many WebSocket connections: at most 10 per instance' },

  media_unavailable: { status: 404, text: 'Message not found or no media available' },
  number_unregistered: { status: 400, text: 'Number is not registered on WhatsApp' },
  message_unknown: { status: 404, text: 'Message not found' },
  message_elsewhere: { status: 404, text: 'Message does not belong to this instance' },
  message_to_change_unknown: { status: 404, text: 'message not found' },
  message_to_pin_unknown: { status: 404, text: ({ id }) => `message with ID ${id} not found` },
  label_unknown: { status: 404, text: 'Tag not found' },
  reply_target_unknown: { status: 404, text: 'Message to reply to not found' },
  reply_private_own: { status: 400, text: 'Cannot reply privately to your own message' },
  group_unknown: { status: 404, text: 'Group not found or you are not a member of this group' },
  invite_invalid: { status: 400, text: 'Invalid invite link or code' },
  invite_revoked: { status: 400, text: 'Invite link has been revoked or expired' },
  invited_group_unknown: { status: 404, text: 'Group not found' },
  community_unknown: {
    status: 404,
    text: 'Community not found or you are not a member of this community',
  },
  operation_forbidden: { status: 403, text: ({ text }) => text },
  new_chats_locked: { status: 403, text: refusalText(NEW_CHATS_LOCKED) },
  message_refused: { status: 500, text: ({ code }) => refusalText(code) },
  audio_calls_unsupported: { status: 501, text: 'Audio calls are not supported by this server' },
  message_throttled: { status: 429, text: 'WhatsApp rate limit reached. Try again later.' },
  message_failed: { status: 500, text: ({ reason }) => `Failed to send message: ${reason}` },
  message_unacknowledged: { status: 504, text: 'WhatsApp did not acknowledge the message in time' },

  storage_unavailable: { status: 503, text: 'Service temporarily unavailable' },
  internal: { status: 500, text: 'Internal server error' },
};

export interface ErrorAnswer {
  status: number;
  body: { success: false; error: { message: string } };
  /** Response headers that belong to this error. */
  headers: Record<string, string>;
}

/** What a caller is answered with instead of a result. Anything else that is thrown is a defect. */
export type Expected = Failure | WhatsAppError;

export function isExpected(error: unknown): error is Expected {
  return error instanceof Failure || error instanceof WhatsAppError;
}

/** The public text, for an answer that succeeds as a whole and reports what one part of it failed of. */
export function errorText(failed: Expected): string {
  return errorAnswer(failed).body.error.message;
}

/** The one shape in which every error leaves the gateway. */
export function errorAnswer(failed: Expected): ErrorAnswer {
  const { status, text } = failed instanceof WhatsAppError ? ofWhatsApp(failed) : ofGateway(failed);
  return { status, body: { success: false, error: { message: text } }, headers: errorHeaders(failed) };
}

function ofGateway<C extends FailureCode>({ code, details }: Failure<C>) {
  return { status: publicErrors[code].status, text: textOf<FailureDetails[C]>(publicErrors[code], details) };
}

function ofWhatsApp<C extends WhatsAppErrorCode>({ code, details }: WhatsAppError<C>) {
  return {
    status: whatsAppErrors[code].status,
    text: textOf<WhatsAppErrors[C]>(whatsAppErrors[code], details),
  };
}

const WHATSAPP_THROTTLE_SECONDS = 60;

function errorHeaders(failed: Expected): Record<string, string> {
  if (isFailure(failed, 'rate_limited')) return { 'Retry-After': String(failed.details.retryAfterSeconds) };
  if (isFailure(failed, 'method_not_allowed')) return { Allow: failed.details.allow.join(', ') };
  if (isFailure(failed, 'message_throttled')) return { 'Retry-After': String(WHATSAPP_THROTTLE_SECONDS) };
  if (isFailure(failed, 'upgrade_required')) return { Upgrade: 'websocket' };
  return {};
}

function isFailure<C extends FailureCode>(failed: Expected, code: C): failed is Failure<C> {
  return failed.code === code;
}
