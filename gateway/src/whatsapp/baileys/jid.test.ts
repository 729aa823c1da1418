import { jidDecode, jidNormalizedUser } from 'baileys';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { normalJid, splitJid } from '../jid.ts';

const SERVERS = ['s.whatsapp.net', 'c.us', 'lid', 'hosted', 'hosted.lid', 'g.us', 'newsletter', 'broadcast'];

/** Addresses as WhatsApp writes them, and texts that only look like some. */
const addresses = fc.oneof(
  fc
    .tuple(
      fc.stringMatching(/^[\w.-]{0,20}$/),
      fc.constantFrom('', '_1', ':7', '_1:7', ':', '_', ':7:8', '_1_2', ':7_1'),
      fc.constantFrom(...SERVERS, 'nowhere', ''),
    )
    .map(([user, device, server]) => `${user}${device}@${server}`),
  fc.string({ unit: fc.constantFrom('@', ':', '_', '.', '1', 'a', ' ') }),
);

test('an address has the user and the server that the engine reads in it', () => {
  fc.assert(
    fc.property(addresses, (text) => {
      const { user, server } = jidDecode(text) ?? {};
      expect(splitJid(text)).toEqual(user === undefined ? null : { user, server });
    }),
    { numRuns: 2_000 },
  );
});

test('the stored form of a user is the form that the engine normalizes to', () => {
  for (const text of ['5511999999999:7@s.whatsapp.net', '5511999999999@c.us', '100000000000001_1:7@lid']) {
    expect(normalJid(text)).toBe(jidNormalizedUser(text));
  }
});
