import { describe, expect, it } from 'vitest';
import { readPasskeyOptions } from './options.ts';

/** As WhatsApp's server writes them. */
const SAMPLE =
  '{"challenge":"FC6vcJgP-Ov_66yfWgoh1w8m_trR92BnFDhg-e5JEwk","timeout":600000,"rpId":"whatsapp.com",' +
  '"allowCredentials":[],"userVerification":"required","extensions":{"uvm":true}}';
const read = (value: unknown) => readPasskeyOptions(Buffer.from(JSON.stringify(value)));
const sample = JSON.parse(SAMPLE) as Record<string, unknown>;

describe('the options of a passkey ceremony', () => {
  it('are given on as they came', () => {
    const options = readPasskeyOptions(Buffer.from(SAMPLE));
    expect(options).toEqual({
      publicKey: sample,
      challenge: sample.challenge,
      rpId: 'whatsapp.com',
      lifeMs: 600_000,
    });
  });

  it.each([
    [undefined, 600_000],
    [1_000, 1_000],
    [600_001, 600_000],
    [0, 600_000],
    [-5, 600_000],
    ['600000', 600_000],
    [1e300, 600_000],
  ])('with timeout %j live for %i ms', (timeout, lifeMs) => {
    expect(read({ ...sample, timeout })?.lifeMs).toBe(lifeMs);
  });

  it('without rpId are for the host of the page that signs', () => {
    expect(read({ ...sample, rpId: undefined })?.rpId).toBe('web.whatsapp.com');
  });

  it('may have 4096 bytes and no more', () => {
    const padded = (length: number) => Buffer.from(SAMPLE.padEnd(length));
    expect(readPasskeyOptions(padded(4_096))).not.toBeNull();
    expect(readPasskeyOptions(padded(4_097))).toBeNull();
  });

  it.each([
    ['no bytes', Buffer.alloc(0)],
    ['no JSON', Buffer.from('{')],
    ['no UTF-8', Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff]), Buffer.from('"}')])],
    ['a list', Buffer.from('[]')],
    ['nothing', Buffer.from('null')],
  ])('that are %s cannot be read', (_, bytes) => {
    expect(readPasskeyOptions(bytes)).toBeNull();
  });

  it.each([
    ['no challenge', { challenge: undefined }],
    ['a short challenge', { challenge: 'AAAA' }],
    ['a padded challenge', { challenge: `${sample.challenge}=` }],
    ['a relying party that is not WhatsApp', { rpId: 'example.com' }],
    ['a relying party that only ends like WhatsApp', { rpId: 'app.com' }],
    ['a whole top-level domain', { rpId: 'com' }],
    ['another host of WhatsApp', { rpId: 'www.whatsapp.com' }],
    ['a relying party that is no text', { rpId: 7 }],
  ])('with %s cannot be signed', (_, changes) => {
    expect(read({ ...sample, ...changes })).toBeNull();
  });
});
