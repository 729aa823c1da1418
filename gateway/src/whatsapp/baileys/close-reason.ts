import type { Boom } from '@hapi/boom';
import type { CloseReason } from '../link.ts';
import type { PasskeyFailure } from '../passkey/port.ts';

export const CLOSED_BY_US: CloseReason = { kind: 'ours', code: null, text: null, banSeconds: null };

/** `DisconnectReason.loggedOut` that Baileys itself raises after `logout()`. */
const OWN_LOGOUT = 'Intentional Logout';

/** WhatsApp's QR references are used up. */
export const QR_REFERENCES_ENDED = 'QR refs attempts ended';

/** A passkey ceremony did not come to its end. */
export function passkeyFailed(reason: PasskeyFailure): CloseReason {
  return { kind: 'passkey', code: null, text: reason, banSeconds: null };
}

/** Reads Baileys' disconnect error; its message says where the code comes from (socket.js, rc14). */
export function closeReason(error: Error | undefined): CloseReason {
  if (!error) return { kind: 'transport', code: null, text: null, banSeconds: null };
  const boom = error as Partial<Boom> & Error;
  const code = boom.output?.statusCode ?? null;
  const base = { code, text: error.message || null, banSeconds: null };
  if (error.message === OWN_LOGOUT) return { ...base, kind: 'unlinked' };
  if (error.message === QR_REFERENCES_ENDED) return { ...base, kind: 'codes' };
  if (error.message.startsWith('Stream Errored')) return { ...base, kind: 'stream' };
  if (error.message === 'Connection Failure') {
    const attributes = isRecord(boom.data) ? boom.data : {};
    const seconds = Number(attributes.expire);
    return {
      kind: 'login',
      code,
      text: typeof attributes.message === 'string' ? attributes.message : null,
      banSeconds: Number.isFinite(seconds) && seconds > 0 ? seconds : null,
    };
  }
  return { ...base, kind: 'transport' };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
