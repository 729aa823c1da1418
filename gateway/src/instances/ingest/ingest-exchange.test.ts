import { describe, expect, test } from 'vitest';
import { databases } from '../../storage/testing/databases.ts';
import { proto, type WAMessage } from '../../whatsapp/proto.ts';
import type { IngestSettings } from './ingest.ts';
import { GROUP, ingestBench, JOAO, SELF, waMessage } from './testing/ingest.ts';

const { Type } = proto.Message.ProtocolMessage;

const joaoChat = { ...JOAO, name: 'João Silva', type: 'private' };
const joao = { ...JOAO, name: 'João Silva' };
const blueStore = { jid: SELF.jid, lid: SELF.lid, name: 'Blue Store' };
const group = { jid: GROUP, name: '', groupName: '', type: 'group' };
const newsletter = { jid: '120363422585881117@newsletter', name: '', type: 'newsletter' };
const status = { jid: 'status@broadcast', name: '', type: 'status' };

const head = {
  id: '3EB0C1D2E3F405162738',
  direction: 'incoming',
  timestamp: '2026-04-28T10:30:00Z',
  chat: joaoChat as object,
  sender: joao as object,
};
const nothing = {
  edit: null,
  revoke: null,
  context: null,
  reply: null,
  mentions: null,
  media: null,
  location: null,
  contact: null,
  contacts: null,
  poll: null,
  poll_vote: null,
  reaction: null,
  interactive: null,
  button_response: null,
  list_response: null,
  event: null,
};

interface Example {
  is: string;
  message: WAMessage;
  head?: Partial<typeof head>;
  recipient?: object;
  says: object;
}

const reply = {
  message_id: '3EB0A1B2C3D4E5F60718',
  text: 'Who can deploy?',
  participant: '5511777777777@s.whatsapp.net',
};
const mentions = { mentionedUsers: ['5511777777777@s.whatsapp.net', SELF.jid] };

const examples: Example[] = [
  { is: 'Text', message: waMessage(), says: { type: 'text', content: 'Hello' } },
  {
    is: 'Edit',
    message: waMessage({
      key: { id: '3EB0C1D2E3F405162749' },
      message: {
        protocolMessage: {
          type: Type.MESSAGE_EDIT,
          key: { id: '3EB0C1D2E3F405162738' },
          editedMessage: { conversation: 'Sorry, I meant 6 PM' },
        },
      },
    }),
    head: { id: '3EB0C1D2E3F405162749' },
    says: {
      type: 'message_edit',
      content: 'Sorry, I meant 6 PM',
      isEdit: true,
      edit: { original_id: '3EB0C1D2E3F405162738', text: 'Sorry, I meant 6 PM' },
    },
  },
  {
    is: 'Revoke',
    message: waMessage({
      key: { id: '3EB0FFFFFFFFFFFFFFFF' },
      message: { protocolMessage: { type: Type.REVOKE, key: { id: '3EB0C1D2E3F405162738', fromMe: true } } },
    }),
    says: {
      type: 'message_revoke',
      content: '',
      revoke: { original_id: '3EB0C1D2E3F405162738', author: JOAO.jid, by_admin: false },
    },
  },
  {
    is: 'Revoke by a group admin',
    message: waMessage({
      key: { id: '3EB0FF', remoteJid: GROUP, participant: JOAO.lid, participantAlt: JOAO.jid },
      message: {
        protocolMessage: { type: Type.REVOKE, key: { id: 'A1', fromMe: false, participant: SELF.lid } },
      },
    }),
    head: { id: 'A1', chat: group },
    says: {
      type: 'message_revoke',
      content: '',
      revoke: { original_id: 'A1', author: SELF.jid, by_admin: true },
    },
  },
  {
    is: 'Group message with mentions and a quote',
    message: waMessage({
      key: { remoteJid: GROUP, participant: JOAO.lid, participantAlt: JOAO.jid },
      message: {
        extendedTextMessage: {
          text: '@5511777777777 and @5511888888888, done',
          contextInfo: {
            stanzaId: '3EB0A1B2C3D4E5F60718',
            participant: '5511777777777@s.whatsapp.net',
            quotedMessage: { conversation: 'Who can deploy?' },
            mentionedJid: ['5511777777777@s.whatsapp.net', SELF.lid],
          },
        },
      },
    }),
    head: { chat: group },
    says: {
      type: 'text',
      content: '@5511777777777 and @5511888888888, done',
      context: {
        messageId: '3EB0A1B2C3D4E5F60718',
        participant: '5511777777777@s.whatsapp.net',
        type: 'text',
        content: 'Who can deploy?',
        forwardingScore: 0,
        expiration: 0,
        ad: null,
      },
      reply,
      mentions,
    },
  },
  {
    is: 'Newsletter post',
    message: waMessage({
      key: { remoteJid: newsletter.jid },
      message: { conversation: 'New collection is out' },
    }),
    head: { chat: newsletter, sender: { jid: newsletter.jid, name: '' } },
    says: { type: 'text', content: 'New collection is out' },
  },
  {
    is: 'Status post',
    message: waMessage({
      key: { remoteJid: 'status@broadcast', participant: JOAO.jid },
      message: { extendedTextMessage: { text: 'On holiday' } },
    }),
    head: { chat: status },
    says: { type: 'text', content: 'On holiday' },
  },
  {
    is: 'Outgoing, typed on the phone',
    message: waMessage({
      key: { id: '3A5F0C1D2E3F40516274', fromMe: true, remoteJid: GROUP, participant: SELF.lid },
      message: { conversation: 'I will call you' },
    }),
    head: { id: '3A5F0C1D2E3F40516274', direction: 'outgoing', chat: group, sender: blueStore },
    recipient: { jid: GROUP, name: '' },
    says: { type: 'text', content: 'I will call you' },
  },
  {
    is: 'A message to oneself',
    message: waMessage({ key: { fromMe: true, remoteJid: SELF.lid, remoteJidAlt: SELF.jid } }),
    head: {
      direction: 'outgoing',
      chat: { ...blueStore, type: 'private' },
      sender: blueStore,
    },
    recipient: blueStore,
    says: { type: 'text', content: 'Hello' },
  },
  {
    is: 'A message to a broadcast list of its sender',
    message: waMessage({ key: { remoteJid: '1400000000@broadcast', participant: JOAO.jid } }),
    says: { type: 'text', content: 'Hello' },
  },
  {
    is: 'Other visible content',
    message: waMessage({ message: { productMessage: {} } }),
    says: { type: 'unknown', content: '' },
  },
];

describe.each(databases)('message.exchange ($name)', (database) => {
  test.each(examples)(
    '$is is reported as the contract says',
    async ({ message, recipient, says, ...example }) => {
      const { received, events } = await ingestBench(database);
      await received(message);
      const [event] = await events('message.exchange');
      const outer = { ...head, ...example.head };
      const expected = { content: '', source: '', isForwarded: false, isEdit: false, ...nothing, ...says };
      expect(event?.data).toEqual({
        ...outer,
        recipient: recipient ?? null,
        reply: expected.reply,
        mentions: expected.mentions,
        message: { ...outer, ...expected },
      });
      expect(event?.lane).toBe((outer.chat as { jid: string }).jid);
    },
  );

  test('the keys are in the order of the contract', async () => {
    const { received, events } = await ingestBench(database);
    await received(waMessage());
    const [event] = await events('message.exchange');
    expect(Object.keys(event!.data)).toEqual([
      ...Object.keys(head),
      'recipient',
      'reply',
      'mentions',
      'message',
    ]);
    expect(Object.keys(event!.data.message)).toEqual([
      ...Object.keys(head),
      ...['type', 'content', 'source', 'isForwarded', 'isEdit'],
      ...Object.keys(nothing),
    ]);
    expect(Object.keys(event!.data.chat)).toEqual(['jid', 'lid', 'name', 'type']);
  });

  test.each<[string, WAMessage, Partial<IngestSettings>]>([
    [
      'group messages',
      waMessage({ key: { remoteJid: GROUP, participant: JOAO.jid } }),
      { ignoreGroupMessages: true },
    ],
    [
      'status posts',
      waMessage({ key: { remoteJid: 'status@broadcast', participant: JOAO.jid } }),
      { ignoreStatus: true },
    ],
    ['keys', waMessage({ message: { senderKeyDistributionMessage: {} } }), {}],
    ['history', waMessage({ message: { protocolMessage: { type: Type.HISTORY_SYNC_NOTIFICATION } } }), {}],
    ['nothing at all', waMessage({ message: null }), {}],
    ['an id that is none', waMessage({ key: { id: '\0' } }), {}],
  ])('%s leave neither event nor record', async (_, message, settings) => {
    const { received, events, rows } = await ingestBench(database, settings);
    await received(message);
    expect(await events('message.exchange')).toEqual([]);
    expect(await rows('messages')).toEqual([]);
  });
});
