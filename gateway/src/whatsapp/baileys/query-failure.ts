import type { Boom } from '@hapi/boom';
import { DisconnectReason } from 'baileys';
import { SendFailed } from '../session.ts';

const RATE_OVERLIMIT = 429;

/** What a query (`iq`) failed of. WhatsApp's own code is in a Boom's `data`, its word for it in the message. */
export function queryFailure(error: unknown): SendFailed {
  if (error instanceof SendFailed) return error;
  const { data, output, message } = (error ?? {}) as Partial<Boom<unknown>>;
  const cause = { cause: error };
  if (data === RATE_OVERLIMIT) return new SendFailed({ kind: 'throttled' }, cause);
  if (typeof data === 'number') {
    return new SendFailed({ kind: 'refused', code: data, text: message ?? `code ${data}` }, cause);
  }
  if (output?.statusCode === DisconnectReason.connectionClosed) {
    return new SendFailed({ kind: 'not_connected' }, cause);
  }
  if (output?.statusCode === DisconnectReason.timedOut) return new SendFailed({ kind: 'timed_out' }, cause);
  return new SendFailed({ kind: 'failed', text: 'the request could not be made' }, cause);
}

/** Whether WhatsApp refused a query with this code. */
export function isRefusal(error: unknown, code: number): boolean {
  return error instanceof SendFailed && error.reason.kind === 'refused' && error.reason.code === code;
}
