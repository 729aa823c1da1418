import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { proto, type WAMessage } from '../proto.ts';
import { readIncoming } from './incoming.ts';
import { originOf } from './origin.ts';

const SELF = { jid: '5511888888888@s.whatsapp.net', lid: '200000000000002@lid' };
const JOAO = { jid: '5511999999999@s.whatsapp.net', lid: '100000000000001@lid' };
const GROUP = '120363406289005073@g.us';
const NOW = Date.UTC(2026, 3, 28);

const origin = (key: Partial<WAMessage['key']>, messageTimestamp: WAMessage['messageTimestamp'] = 1_000) =>
  originOf({ key: { id: 'A', ...key }, messageTimestamp }, SELF, NOW);

const self = { kind: 'self' };
const joao = { kind: 'person', person: JOAO };
const chatWith = (person: object) => ({ kind: 'private', person });
const joaoByPhone = { jid: JOAO.jid, lid: null };

describe('where a message belongs', () => {
  test.each<[string, Partial<WAMessage['key']>, object, object]>([
    ['by phone number', { remoteJid: JOAO.jid, remoteJidAlt: JOAO.lid }, chatWith(JOAO), joao],
    ['by LID', { remoteJid: `100000000000001:3@lid`, remoteJidAlt: JOAO.jid }, chatWith(JOAO), joao],
    ['from another device of ours', { remoteJid: JOAO.jid, fromMe: true }, chatWith(joaoByPhone), self],
    [
      'ours, with our own other address',
      { remoteJid: JOAO.jid, remoteJidAlt: SELF.lid, fromMe: true },
      chatWith(joaoByPhone),
      self,
    ],
    ['to ourselves', { remoteJid: SELF.lid, fromMe: true }, chatWith(SELF), self],
    [
      'in a group',
      { remoteJid: GROUP, participant: JOAO.lid, participantAlt: JOAO.jid },
      { kind: 'group', jid: GROUP },
      joao,
    ],
    [
      'in a group, ours by LID without the mark',
      { remoteJid: GROUP, participant: SELF.lid },
      { kind: 'group', jid: GROUP },
      self,
    ],
    [
      'a status',
      { remoteJid: 'status@broadcast', participant: JOAO.jid, remoteJidAlt: JOAO.lid },
      { kind: 'status', jid: 'status@broadcast' },
      joao,
    ],
    [
      'our own status',
      { remoteJid: 'status@broadcast', participant: SELF.lid },
      { kind: 'status', jid: 'status@broadcast' },
      self,
    ],
    [
      'in a channel',
      { remoteJid: '1@newsletter' },
      { kind: 'newsletter', jid: '1@newsletter' },
      { kind: 'channel' },
    ],
    [
      'in our channel',
      { remoteJid: '1@newsletter', fromMe: true },
      { kind: 'newsletter', jid: '1@newsletter' },
      self,
    ],
    [
      'to a list',
      { remoteJid: '14@broadcast', participant: JOAO.jid, remoteJidAlt: JOAO.lid },
      chatWith(JOAO),
      joao,
    ],
    [
      'to a list of ours',
      { remoteJid: '14@broadcast', participant: SELF.jid, fromMe: true },
      chatWith(SELF),
      self,
    ],
  ])('%s', (_, key, chat, author) => {
    expect(origin(key)).toMatchObject({ chat, author });
  });

  test.each<[string, Partial<WAMessage['key']>]>([
    ['no chat', {}],
    ['an unknown server', { remoteJid: '1@nowhere' }],
    ['a group without an author', { remoteJid: GROUP }],
    ['a list without an author', { remoteJid: '14@broadcast' }],
    ['no id', { remoteJid: JOAO.jid, id: '' }],
    ['an id that no index holds', { remoteJid: JOAO.jid, id: 'x'.repeat(129) }],
  ])('%s makes no sense', (_, key) => {
    expect(origin(key)).toBeNull();
  });

  test.each([
    [1_777_372_200, 1_777_372_200_000],
    [0, NOW],
    [-5, NOW],
    [Number.NaN, NOW],
    [1e300, NOW],
    [null, NOW],
  ])('the time %s is %d', (seconds, at) => {
    expect(origin({ remoteJid: JOAO.jid }, seconds)?.at).toBe(at);
  });

  test('the receipt that marks it read uses the addresses as they came', () => {
    const key = { remoteJid: GROUP, participant: '100000000000001:7@lid', participantAlt: JOAO.jid };
    expect(origin(key)?.key).toEqual({ chat: GROUP, participant: JOAO.lid });
  });
});

test('what devices of the account send each other is no message, even when it cannot be read', () => {
  const key = { id: 'A', remoteJid: SELF.jid, fromMe: true };
  const read = (message: Partial<WAMessage>) =>
    readIncoming({ key, messageTimestamp: 1, ...message }, SELF, NOW);
  expect(read({ category: 'peer', message: {} })).toBeNull();
  expect(read({ category: 'peer', messageStubType: proto.WebMessageInfo.StubType.CIPHERTEXT })).toBeNull();
  expect(read({ message: {} })).not.toBeNull();
});

test('a message that nests without end is reported, and not kept', () => {
  let message: proto.IMessage = { conversation: 'x' };
  for (let i = 0; i < 20_000; i++) message = { ephemeralMessage: { message } };
  const key = { id: 'A', remoteJid: JOAO.jid };
  const incoming = readIncoming({ key, messageTimestamp: 1, message }, SELF, NOW);
  expect(incoming).toMatchObject({ content: { type: 'unknown' }, encoded: new Uint8Array() });
});

test('reading does not throw for any key, stub or content', () => {
  const address = fc.oneof(
    fc.string(),
    fc.constantFrom(
      JOAO.jid,
      JOAO.lid,
      SELF.lid,
      GROUP,
      'status@broadcast',
      '1@newsletter',
      '2@broadcast',
      '@',
      ':@lid',
    ),
  );
  const message = fc.record(
    {
      key: fc.record(
        {
          remoteJid: address,
          remoteJidAlt: address,
          participant: address,
          participantAlt: address,
          fromMe: fc.boolean(),
          id: fc.string(),
          isViewOnce: fc.boolean(),
        },
        { requiredKeys: [] },
      ),
      messageTimestamp: fc.double(),
      messageStubType: fc.constantFrom(
        null,
        ...Object.values(proto.WebMessageInfo.StubType).filter(Number.isInteger),
      ),
      messageStubParameters: fc.oneof(fc.constant([]), fc.array(fc.string())),
      pushName: fc.option(fc.string()),
      message: fc.constantFrom(null, {}, { conversation: 'x' }, { protocolMessage: { type: 0 } }),
    },
    { requiredKeys: ['key'] },
  );
  fc.assert(
    fc.property(message, (sent) => {
      expect(() => readIncoming(sent as WAMessage, SELF, NOW)).not.toThrow();
    }),
    { numRuns: 2_000 },
  );
});
