import { type Failure, failure } from '../../failure.ts';
import { InvalidCredential } from '../../whatsapp/passkey/credential.ts';
import { type PasskeyPort, PasskeyRefused } from '../../whatsapp/passkey/port.ts';
import type { Ceremony } from './ceremonies.ts';

/**
 * Takes a browser's answer for a ceremony. Throws `passkey_not_waiting`, `passkey_other_running`, `passkey_expired`, and
 * `field_invalid` for a credential that WhatsApp would refuse; after that one, another answer can follow.
 */
export function respondToPasskey(
  ceremony: Ceremony | null,
  { id, credential }: { id: string; credential: unknown },
): void {
  answer(ceremony, (port) => port.respond(id, credential));
}

/** The user saw the same code on the phone. Throws as `respondToPasskey`. */
export function confirmPasskey(ceremony: Ceremony | null, id: string): void {
  answer(ceremony, (port) => port.confirm(id));
}

/** Ends a running ceremony as failed; a fresh QR follows. Throws `passkey_not_waiting`. */
export function cancelPasskey(ceremony: Ceremony | null): void {
  if (!ceremony || ceremony.outcome !== null) throw failure('passkey_not_waiting');
  ceremony.port.cancel();
}

function answer(ceremony: Ceremony | null, give: (port: PasskeyPort) => void): void {
  if (!ceremony) throw failure('passkey_not_waiting');
  try {
    give(ceremony.port);
  } catch (error) {
    throw asFailure(error) ?? error;
  }
}

function asFailure(error: unknown): Failure | null {
  if (error instanceof InvalidCredential) return failure('field_invalid', { text: error.message });
  if (!(error instanceof PasskeyRefused)) return null;
  if (error.reason === 'expired') return failure('passkey_expired');
  return failure(error.reason === 'another_running' ? 'passkey_other_running' : 'passkey_not_waiting');
}
