import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { errorAnswer } from '../http/errors.ts';
import { WhatsAppError } from './errors.ts';
import { numberVariants, parseRecipient, parseUser } from './recipient.ts';

const EVERY = ['user', 'lid', 'group', 'newsletter', 'status'] as const;

function textOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof WhatsAppError) return errorAnswer(error).body.error.message;
    throw error;
  }
  return 'accepted';
}

describe('the recipient of a request', () => {
  test.each([
    ['5511999999999', 'user', '5511999999999@s.whatsapp.net'],
    ['+55 (11) 99999-9999', 'user', '5511999999999@s.whatsapp.net'],
    ['12345', 'user', '12345@s.whatsapp.net'],
    ['123456789012345', 'user', '123456789012345@s.whatsapp.net'],
    ['5511999999999@s.whatsapp.net', 'user', '5511999999999@s.whatsapp.net'],
    ['5511999999999:12@s.whatsapp.net', 'user', '5511999999999@s.whatsapp.net'],
    ['123456789012345@lid', 'lid', '123456789012345@lid'],
    ['123456789012345:7@lid', 'lid', '123456789012345@lid'],
    ['120363406289005073@g.us', 'group', '120363406289005073@g.us'],
    ['5511999999999-1400000000@g.us', 'group', '5511999999999-1400000000@g.us'],
    ['120363422585881117@newsletter', 'newsletter', '120363422585881117@newsletter'],
    ['status@broadcast', 'status', 'status@broadcast'],
    [' 5511999999999@s.whatsapp.net ', 'user', '5511999999999@s.whatsapp.net'],
  ])('%s is read as a %s', (number, kind, jid) => {
    expect(parseRecipient(number, EVERY)).toEqual({ kind, jid });
  });

  test.each([
    '1234',
    '1234567890123456',
    'abc',
    '55x11',
    '5511999999999@c.us',
    '5511999999999@nowhere',
    '1400000000@broadcast',
    '@lid',
    '++--',
  ])('%s is refused with the value itself', (number) => {
    expect(textOf(() => parseRecipient(number, EVERY))).toBe(`Invalid number: ${number}`);
  });

  test('a refusal shows at most 64 characters', () => {
    expect(textOf(() => parseRecipient('😀'.repeat(80), EVERY))).toBe(`Invalid number: ${'😀'.repeat(64)}`);
  });

  test('a kind that the route does not take is named as unsupported', () => {
    const number = '120363422585881117@newsletter';
    expect(textOf(() => parseRecipient(number, ['user', 'lid', 'group']))).toBe(
      `Unsupported recipient: ${number}`,
    );
  });

  test('any text of a client is either a clean address or a refusal', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (number) => {
        const text = textOf(() => parseRecipient(number, EVERY));
        expect(text === 'accepted' || text.startsWith('Invalid number: ')).toBe(true);
      }),
    );
  });
});

test('a mention is a user, in digits or as a JID', () => {
  expect(parseUser('+55 11 97777-7777', 'mention')).toBe('5511977777777@s.whatsapp.net');
  expect(parseUser('123456789012345@lid', 'mention')).toBe('123456789012345@lid');
  expect(textOf(() => parseUser('120363406289005073@g.us', 'mention'))).toBe(
    'Invalid mention: 120363406289005073@g.us',
  );
  expect(textOf(() => parseUser('x', 'mention'))).toBe('Invalid mention: x');
});

test.each([
  ['5511999999999', ['5511999999999', '551199999999']],
  ['551199999999', ['551199999999', '5511999999999']],
  ['551169999999', ['551169999999', '5511969999999']],
  ['551139999999', ['551139999999']],
  ['5511899999999', ['5511899999999']],
  ['55119999999', ['55119999999']],
  ['4915112345678', ['4915112345678']],
])('%s is looked up as %j', (digits, variants) => {
  expect(numberVariants(digits)).toEqual(variants);
});
