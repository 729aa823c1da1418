import { createHash, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { checkAssertion, type IssuedChallenge } from './assertion-check.ts';
import {
  type AssertionJson,
  type AssertRequest,
  base64url,
  clientDataJson,
  SoftwareAuthenticator,
  signedBytes,
} from './authenticator.ts';

const NOW = 1_700_000_000_000;
const CHALLENGE = Buffer.alloc(32, 6);
const challenge = base64url(CHALLENGE);
const issued = (changes: Partial<IssuedChallenge> = {}) => ({
  bytes: CHALLENGE,
  expiresAt: NOW + 600_000,
  used: false,
  ...changes,
});
/** The passkey of the published vectors. */
const vector = () =>
  new SoftwareAuthenticator({
    privateKey: Buffer.alloc(32, 1),
    credentialId: Buffer.alloc(16, 12),
    userHandle: Buffer.alloc(16, 13),
    synced: true,
    signCount: 0,
  });

function submit(json: unknown, authenticator = vector(), given = issued()) {
  const { credentialId } = authenticator.secrets;
  const assertion = Buffer.from(JSON.stringify(json));
  return checkAssertion({ credentialId, assertion }, given, [authenticator.registered], NOW);
}

describe('the software authenticator computes the published vectors', () => {
  it('of client data and authenticator data', () => {
    const clientData = clientDataJson(challenge, 'https://web.whatsapp.com');
    expect(clientData).toHaveLength(137);
    expect(createHash('sha256').update(clientData).digest('hex')).toBe(
      'a3ea311de5a943f88b053ed9d313aee8d5cacad1d47446d2a19e2f2d82e80746',
    );
    const { response } = vector().assert({ challenge });
    expect(response.authenticatorData).toBe('6GiQbHMCCZZu_0CMVdeBYw_LPJ3pYenpc4tN0OD9Xn8dAAAAAA');
    expect(response.clientDataJSON).toBe(base64url(clientData));
  });

  it('of the public key, which takes the published signature', () => {
    const { response } = vector().assert({ challenge });
    const signature =
      'MEUCIQCtPdqym89_xA7bFEQeTzy__8UsZp7LvY3wH10IkKascQIgFP5XYU6xY72UuMCxAFkEZ6aGb_ocngWYssDzWq8ui_I';
    const bytes = signedBytes(
      Buffer.from(response.authenticatorData, 'base64url'),
      Buffer.from(response.clientDataJSON, 'base64url'),
    );
    const { publicKey } = vector().registered;
    expect(verify('sha256', bytes, publicKey, Buffer.from(signature, 'base64url'))).toBe(true);
    const withIt = { ...vector().assert({ challenge }), response: { ...response, signature } };
    expect(submit(withIt)).toMatchObject({ signCount: 0 });
  });
});

describe("the server's check of an assertion", () => {
  it('takes that of a synced passkey again and again, without a counter', () => {
    const authenticator = SoftwareAuthenticator.make();
    expect(submit(authenticator.assert({ challenge }), authenticator)).toMatchObject({ signCount: 0 });
    expect(submit(authenticator.assert({ challenge }), authenticator)).toMatchObject({ signCount: 0 });
  });

  it('takes that of a device-bound passkey when its counter rises, and no older one', () => {
    const authenticator = SoftwareAuthenticator.make({ synced: false });
    const known = authenticator.registered;
    const first = authenticator.assert({ challenge });
    const second = authenticator.assert({ challenge });
    const check = (json: AssertionJson) => {
      const assertion = Buffer.from(JSON.stringify(json));
      const verdict = checkAssertion({ credentialId: known.credentialId, assertion }, issued(), [known], NOW);
      if ('signCount' in verdict) known.signCount = verdict.signCount;
      return verdict;
    };
    expect(check(first)).toMatchObject({ signCount: 1 });
    expect(check(second)).toMatchObject({ signCount: 2 });
    expect(check(first)).toEqual({ wrong: 'the counter did not rise' });
  });

  it.each<[string, AssertRequest]>([
    ['another challenge', { challenge: base64url(Buffer.alloc(32, 7)) }],
    ['another origin', { challenge, origin: 'https://example.com' }],
    ['another relying party', { challenge, rpId: 'web.whatsapp.com' }],
    ['the user was not present', { challenge, flags: 0x04 }],
    ['the user was not verified', { challenge, flags: 0x01 }],
  ])('finds %s', (wrong, request) => {
    expect(submit(vector().assert(request))).toEqual({ wrong });
  });

  it('finds a signature of another passkey with the same id', () => {
    const { credentialId } = vector().secrets;
    const { privateKey } = SoftwareAuthenticator.make().secrets;
    const foreign = new SoftwareAuthenticator({ ...vector().secrets, credentialId, privateKey });
    expect(submit(foreign.assert({ challenge }))).toEqual({ wrong: 'the signature is wrong' });
  });

  it('finds a passkey that is not of this account, and an id that differs inside', () => {
    const foreign = SoftwareAuthenticator.make();
    const assertion = Buffer.from(JSON.stringify(foreign.assert({ challenge })));
    const check = (credentialId: Uint8Array) =>
      checkAssertion({ credentialId, assertion }, issued(), [vector().registered], NOW);
    expect(check(foreign.secrets.credentialId)).toEqual({ wrong: 'no passkey of this account' });
    expect(check(vector().secrets.credentialId)).toEqual({ wrong: 'another credential id' });
  });

  it('finds a challenge that was used or has expired', () => {
    const json = vector().assert({ challenge });
    expect(submit(json, vector(), issued({ used: true }))).toEqual({
      wrong: 'the challenge was used before',
    });
    expect(submit(json, vector(), issued({ expiresAt: NOW }))).toEqual({
      wrong: 'the challenge has expired',
    });
  });

  const right = vector().assert({ challenge });
  it.each<[string, unknown]>([
    ['a field more', { ...right, clientExtensionResults: {} }],
    ['a field more inside', { ...right, response: { ...right.response, attestationObject: '' } }],
    ['no user handle', { ...right, response: { ...right.response, userHandle: undefined } }],
    ['another raw id', { ...right, rawId: 'AAAA' }],
    ['another type', { ...right, type: 'password' }],
    ['padding', { ...right, response: { ...right.response, signature: `${right.response.signature}=` } }],
    ['short authenticator data', { ...right, response: { ...right.response, authenticatorData: 'AAAA' } }],
    ['a list', [right]],
    ['too much of it', { ...right, id: 'A'.repeat(17_000) }],
  ])('finds another form: %s', (_, json) => {
    expect(submit(json)).toEqual({ wrong: 'the assertion has another form' });
  });
});
