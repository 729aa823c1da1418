import { describe, expect, it } from 'vitest';
import { checkCredential, InvalidCredential } from './credential.ts';
import { type CredentialChanges, credentialJson } from './testing/credential.ts';

const challenge = Buffer.alloc(32, 6).toString('base64url');
const options = { challenge, rpId: 'whatsapp.com' };
const check = (changes: CredentialChanges = {}) =>
  checkCredential(credentialJson(challenge, changes), options);
const long = Buffer.alloc(4_097).toString('base64url');

describe('a credential that WhatsApp can take', () => {
  it('becomes exactly the fields of its own client, in its order', () => {
    const { response, ...rest } = credentialJson(challenge);
    const { credentialId, assertion } = check();
    const { id, rawId, type } = rest;
    expect(assertion).toBe(JSON.stringify({ id, rawId, type, response }));
    expect(credentialId).toEqual(Buffer.alloc(16, 0x0c));
  });

  it.each([
    ['null', null, null],
    ['absent', undefined, null],
    ['empty', '', null],
    ['given', 'Dg4O', 'Dg4O'],
  ])('has the user handle that is %s', (_, userHandle, sent) => {
    expect(JSON.parse(check({ response: { userHandle } }).assertion).response.userHandle).toBe(sent);
  });

  it('may have extension data behind the counter', () => {
    const { response } = credentialJson(challenge, { flags: 0x85 }) as {
      response: { authenticatorData: string };
    };
    const extended = Buffer.concat([
      Buffer.from(response.authenticatorData, 'base64url'),
      Buffer.from('a1', 'hex'),
    ]);
    expect(() => check({ response: { authenticatorData: extended.toString('base64url') } })).not.toThrow();
  });

  it('is that of the published test vector', () => {
    const clientDataJSON = Buffer.from(
      `{"type":"webauthn.get","challenge":"${challenge}","origin":"https://web.whatsapp.com","crossOrigin":false}`,
    );
    expect(clientDataJSON).toHaveLength(137);
    const response = {
      clientDataJSON: clientDataJSON.toString('base64url'),
      authenticatorData: '6GiQbHMCCZZu_0CMVdeBYw_LPJ3pYenpc4tN0OD9Xn8dAAAAAA',
      signature:
        'MEUCIQCtPdqym89_xA7bFEQeTzy__8UsZp7LvY3wH10IkKascQIgFP5XYU6xY72UuMCxAFkEZ6aGb_ocngWYssDzWq8ui_I',
    };
    expect(JSON.parse(check({ response }).assertion).response).toEqual({ ...response, userHandle: null });
  });
});

describe('a credential that would waste the one answer of a ceremony is refused', () => {
  const mangled = (text: string) => Buffer.from(text).toString('base64url');
  const cases: [string, CredentialChanges][] = [
    ['id is not unpadded base64url of 1 to 1023 bytes', { top: { id: 'DAwM=' } }],
    ['id is not unpadded base64url of 1 to 1023 bytes', { top: { id: '', rawId: '' } }],
    ['id is not unpadded base64url of 1 to 1023 bytes', { top: { id: 7, rawId: 7 } }],
    ['id is not unpadded base64url of 1 to 1023 bytes', { top: { id: 'AB', rawId: 'AB' } }],
    ['rawId differs from id', { top: { rawId: 'DAwM' } }],
    ['type is not public-key', { top: { type: 'password' } }],
    ['response is not an object', { top: { response: null } }],
    ['response is not an object', { top: { response: [] } }],
    ['clientDataJSON is not unpadded base64url of 1 to 4096 bytes', { response: { clientDataJSON: long } }],
    ['clientDataJSON is not unpadded base64url of 1 to 4096 bytes', { response: { clientDataJSON: 'e30=' } }],
    ['clientDataJSON is not a JSON object', { response: { clientDataJSON: mangled('[]') } }],
    ['clientDataJSON is not a JSON object', { response: { clientDataJSON: mangled('{') } }],
    ['clientDataJSON is not a JSON object', { response: { clientDataJSON: '_w' } }],
    ['clientDataJSON.type is not webauthn.get', { type: 'webauthn.create' }],
    ['challenge is not that of this ceremony', { challenge: Buffer.alloc(32, 7).toString('base64url') }],
    ['origin is not https://web.whatsapp.com', { origin: 'https://example.com' }],
    ['origin is not https://web.whatsapp.com', { origin: 'https://web.whatsapp.com.example.com' }],
    [
      'authenticatorData is not unpadded base64url of 37 to 4096 bytes',
      { response: { authenticatorData: 'AAAA' } },
    ],
    [
      'authenticatorData is not unpadded base64url of 37 to 4096 bytes',
      { response: { authenticatorData: long } },
    ],
    ['rpIdHash is not of whatsapp.com', { rpId: 'web.whatsapp.com' }],
    ['the user was not present (flag UP)', { flags: 0x04 }],
    ['the user was not verified (flag UV)', { flags: 0x01 }],
    ['signature is not unpadded base64url of 1 to 4096 bytes', { response: { signature: 'MEU+' } }],
    ['signature is not unpadded base64url of 1 to 4096 bytes', { response: { signature: undefined } }],
    ['userHandle is not unpadded base64url of 1 to 64 bytes', { response: { userHandle: long } }],
    ['userHandle is not unpadded base64url of 1 to 64 bytes', { response: { userHandle: {} } }],
  ];
  it.each(cases)('%s', (what, changes) => {
    expect(() => check(changes)).toThrow(new InvalidCredential(what));
  });

  it.each([null, undefined, 'text', 7, []])('it is not an object: %j', (credential) => {
    expect(() => checkCredential(credential, options)).toThrow('Invalid credential: it is not an object');
  });
});
