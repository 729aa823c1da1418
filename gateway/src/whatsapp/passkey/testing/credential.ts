import { createHash } from 'node:crypto';

/** Changes to a credential that would be accepted; `response` replaces single fields. */
export interface CredentialChanges {
  challenge?: string;
  type?: string;
  origin?: string;
  rpId?: string;
  flags?: number;
  response?: Record<string, unknown>;
  top?: Record<string, unknown>;
}

const ID = Buffer.alloc(16, 0x0c).toString('base64url');

/** A browser's JSON of an assertion, with the further fields that browsers add. Its signature is not checked by us. */
export function credentialJson(challenge: string, changes: CredentialChanges = {}): Record<string, unknown> {
  const { type = 'webauthn.get', origin = 'https://web.whatsapp.com', rpId = 'whatsapp.com' } = changes;
  const clientData = { type, challenge: changes.challenge ?? challenge, origin, crossOrigin: false };
  const authenticatorData = Buffer.concat([
    createHash('sha256').update(rpId).digest(),
    Buffer.from([changes.flags ?? 0x1d, 0, 0, 0, 0]),
  ]);
  return {
    id: ID,
    rawId: ID,
    type: 'public-key',
    authenticatorAttachment: 'platform',
    clientExtensionResults: {},
    response: {
      clientDataJSON: Buffer.from(JSON.stringify(clientData)).toString('base64url'),
      authenticatorData: authenticatorData.toString('base64url'),
      signature: Buffer.alloc(71, 0x30).toString('base64url'),
      userHandle: null,
      ...changes.response,
    },
    ...changes.top,
  };
}
