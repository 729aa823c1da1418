import { describe, expect, test } from 'vitest';
import { normalJid, parseJid, personOf } from './jid.ts';

describe('an address', () => {
  test.each([
    ['5511999999999@s.whatsapp.net', 'user', '5511999999999@s.whatsapp.net'],
    ['5511999999999:12@s.whatsapp.net', 'user', '5511999999999@s.whatsapp.net'],
    ['5511999999999_1:12@s.whatsapp.net', 'user', '5511999999999@s.whatsapp.net'],
    ['5511999999999@c.us', 'user', '5511999999999@s.whatsapp.net'],
    ['5511999999999:99@hosted', 'user', '5511999999999@s.whatsapp.net'],
    ['100000000000001:3@lid', 'lid', '100000000000001@lid'],
    ['100000000000001:99@hosted.lid', 'lid', '100000000000001@lid'],
    ['120363406289005073@g.us', 'group', '120363406289005073@g.us'],
    ['5511999999999-1400000000@g.us', 'group', '5511999999999-1400000000@g.us'],
    ['120363422585881117@newsletter', 'newsletter', '120363422585881117@newsletter'],
    ['status@broadcast', 'status', 'status@broadcast'],
    ['1400000000@broadcast', 'broadcast', '1400000000@broadcast'],
    ['867051314767696@bot', 'user', '867051314767696@bot'],
  ])('%s is one %s, without its device', (text, kind, jid) => {
    expect(parseJid(text)).toEqual({ kind, jid });
  });

  test.each(['', 'nobody', '@s.whatsapp.net', 's.whatsapp.net', 'a@nowhere', null, undefined])(
    '%s names no user and no room',
    (text) => {
      expect(normalJid(text)).toBeNull();
    },
  );
});

test('the addresses of a person are sorted in any order in which they come', () => {
  const person = { jid: '5511999999999@s.whatsapp.net', lid: '100000000000001@lid' };
  expect(personOf('100000000000001:2@lid', '5511999999999@s.whatsapp.net')).toEqual(person);
  expect(personOf('5511999999999:2@s.whatsapp.net', '100000000000001@lid')).toEqual(person);
  expect(personOf('100000000000001@lid', undefined)).toEqual({ jid: null, lid: '100000000000001@lid' });
  expect(personOf('120363406289005073@g.us', null)).toBeNull();
});
