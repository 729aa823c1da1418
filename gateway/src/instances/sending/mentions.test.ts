import { expect, test } from 'vitest';
import { addressIn, type GroupMembers, readMentions } from './mentions.ts';

const ana = { jid: '5511777777777@s.whatsapp.net', lid: '100000000000001@lid' };
const bia = { jid: '5511666666666@s.whatsapp.net', lid: '100000000000002@lid' };
const hidden = { jid: null, lid: '100000000000003@lid' };
const group = (addressing: 'lid' | 'pn'): GroupMembers => ({ addressing, participants: [ana, bia, hidden] });
const stranger = '5511555555555@s.whatsapp.net';

test.each([
  ['lid', 'Hi @5511777777777!', [ana.lid], 'Hi @100000000000001!'],
  ['lid', 'Hi @100000000000001 @5511777777777', [ana.lid], 'Hi @100000000000001 @100000000000001'],
  ['pn', 'Hi @5511777777777!', [ana.jid], 'Hi @5511777777777!'],
  ['pn', 'Hi @100000000000001!', [ana.jid], 'Hi @5511777777777!'],
  // a longer number is another person's
  ['lid', '@55117777777771 and mail@5511777777777', [ana.lid], '@55117777777771 and mail@100000000000001'],
] as const)('in a group of %s addresses "%s" mentions %j as "%s"', (addressing, text, users, outgoing) => {
  const mentioned = readMentions({ mention: ['+55 11 77777-7777'], mentionAll: false }, group(addressing));
  expect(mentioned.outgoing).toEqual({ users, everyone: false });
  expect(mentioned.shown).toEqual([ana.jid]);
  expect(mentioned.addressed(text)).toBe(outgoing);
});

test('a member is mentioned once under any of their addresses, and a stranger as they were named', () => {
  const mention = [ana.jid, ana.lid, '5511777777777', stranger];
  const { outgoing, shown } = readMentions({ mention, mentionAll: false }, group('lid'));
  expect(outgoing.users).toEqual([ana.lid, stranger]);
  expect(shown).toEqual([ana.jid, stranger]);
});

test('everyone is each participant, and the text stays as it is', () => {
  const all = readMentions({ mention: ['5511666666666'], mentionAll: true }, group('lid'));
  expect(all.outgoing).toEqual({ users: [bia.lid, ana.lid, hidden.lid], everyone: false });
  expect(all.shown).toEqual([bia.jid, ana.jid, hidden.lid]);
  expect(all.addressed('@5511777777777 @all')).toBe('@5511777777777 @all');
});

test('without the list of members WhatsApp is asked to notify everyone', () => {
  expect(readMentions({ mention: ['5511777777777'], mentionAll: true }, undefined).outgoing).toEqual({
    users: [ana.jid],
    everyone: true,
  });
});

test('a member is addressed as the group does', () => {
  expect(addressIn(group('lid'), ana.jid)).toBe(ana.lid);
  expect(addressIn(group('pn'), hidden.lid)).toBe(hidden.lid);
  expect(addressIn(undefined, ana.jid)).toBe(ana.jid);
});
