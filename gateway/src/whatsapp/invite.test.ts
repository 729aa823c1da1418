import { describe, expect, test } from 'vitest';
import { readGroupIdentifier, readGroupJid } from './invite.ts';

const JID = '120363406289005073@g.us';

describe('what names a group', () => {
  test.each<[string, ReturnType<typeof readGroupIdentifier>]>([
    [JID, { jid: JID }],
    [' 120363406289005073 ', { jid: JID }],
    ['5511999999999-1234567890', { jid: '5511999999999-1234567890@g.us' }],
    ['ABC123XYZ', { code: 'ABC123XYZ' }],
    ['12345678901234', { code: '12345678901234' }],
    ['https://chat.whatsapp.com/ABC123XYZ', { code: 'ABC123XYZ' }],
    ['HTTPS://Chat.WhatsApp.com/aBc123xYz/', { code: 'aBc123xYz' }],
    ['chat.whatsapp.com/invite/ABC_1-23XYZ?mode=ac_t#x', { code: 'ABC_1-23XYZ' }],
    ['ABC12', null],
    ['x'.repeat(65), null],
    ['https://chat.whatsapp.com/', null],
    ['https://chat.whatsapp.com/a/ABC123XYZ', null],
    ['https://example.com/ABC123XYZ', null],
    ['https://example.com/?chat.whatsapp.com/ABC123XYZ', null],
    ['5511999999999@s.whatsapp.net', null],
    ['', null],
  ])('%j is %j', (text, identifier) => {
    expect(readGroupIdentifier(text)).toEqual(identifier);
  });

  test.each<[string, string | null]>([
    [JID, JID],
    ['120363406289005073', JID],
    ['ABC123XYZ', null],
    ['120363406289005073@newsletter', null],
  ])('as a JID alone, %j is %j', (text, jid) => {
    expect(readGroupJid(text)).toBe(jid);
  });
});
