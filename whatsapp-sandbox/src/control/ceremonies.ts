import { SoftwareAuthenticator } from '../passkey/authenticator.ts';
import type { PasskeyCeremony } from '../phones/companions/passkey.ts';
import type { Phone } from '../phones/phone.ts';

/** `required` gives the account a passkey, unless it has one; `none` takes it away. */
export function setPasskey(phone: Phone, wanted: 'required' | 'none'): void {
  if (wanted === 'none') phone.passkey = undefined;
  else phone.passkey ??= SoftwareAuthenticator.make();
}

/** How far a linking with a passkey has come; `code` while the phone shows one, `reason` when it went wrong. */
export function describeCeremony({ stage, code, reason }: PasskeyCeremony) {
  return { stage, code, reason };
}
