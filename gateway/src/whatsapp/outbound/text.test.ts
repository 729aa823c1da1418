import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { proto } from '../proto.ts';
import type { Session } from '../session.ts';
import { openContext, openMessage, wireMessage } from '../wire.ts';
import { outgoingContext, type Quote } from './context.ts';
import type { Building } from './kind.ts';
import { newMessageId } from './message-id.ts';
import { type LinkPreview, textKind } from './text.ts';

const TO = '5511999999999@s.whatsapp.net';
const NO_MENTIONS = { users: [], everyone: false };
const secret = Uint8Array.of(1, 2, 3);

const quote = (content: proto.IMessage | undefined, values: Partial<Quote> = {}): Quote => ({
  messageId: '3EB0A1',
  author: '5511777777777@s.whatsapp.net',
  chat: TO,
  content: content && wireMessage(content),
  ...values,
});

function opened(quote: Quote) {
  const context = outgoingContext(TO, quote, NO_MENTIONS);
  return context && openContext(context);
}

test('an id looks like one of WhatsApp Web, and no two are alike', () => {
  expect(newMessageId(() => Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 171, 255))).toBe('3EB000010203040506ABFF');
  const ids = Array.from({ length: 1_000 }, () => newMessageId(randomBytes));
  expect(new Set(ids)).toHaveLength(1_000);
  for (const id of ids) expect(id).toMatch(/^3EB0[0-9A-F]{18}$/);
});

async function built(
  text: string,
  { preview = null, context = null, secret = null }: Partial<Building> & { preview?: LinkPreview | null },
) {
  const kind = textKind({ text, preview: async () => preview });
  const chat = { kind: 'private', person: { jid: TO, lid: null } } as const;
  await kind.prepare?.(chat);
  const addressed = (text: string) => text;
  const session = {} as Session;
  const { message } = await kind.build({ to: TO, chat, context, addressed, about: null, secret, session });
  return openMessage(message);
}

test('a text alone is sent plain', async () => {
  expect(await built('hi', { secret })).toEqual({
    conversation: 'hi',
    messageContextInfo: { messageSecret: secret },
  });
  expect(await built('hi', {})).toEqual({
    conversation: 'hi',
  });
});

test('a text with a preview and a quote carries both, and survives the wire', async () => {
  const preview = { url: 'https://example.com', title: 'Example', description: null };
  const context = outgoingContext(TO, quote({ conversation: 'Q' }), NO_MENTIONS);
  const sent = await built('see https://example.com', { preview, context, secret });
  const decoded = proto.Message.decode(proto.Message.encode(sent).finish());
  expect(decoded.extendedTextMessage).toMatchObject({
    text: 'see https://example.com',
    matchedText: 'https://example.com',
    title: 'Example',
    contextInfo: {
      stanzaId: '3EB0A1',
      participant: '5511777777777@s.whatsapp.net',
      quotedMessage: { conversation: 'Q' },
    },
  });
});

test('without a quote and mentions there is no context', () => {
  expect(outgoingContext(TO, null, NO_MENTIONS)).toBeNull();
});

test('a quote holds the content alone: unwrapped, without secret, keys and its own quote', () => {
  const content: proto.IMessage = {
    senderKeyDistributionMessage: { groupId: 'x' },
    messageContextInfo: { messageSecret: secret },
    ephemeralMessage: {
      message: {
        extendedTextMessage: { text: 'Q', contextInfo: { stanzaId: 'earlier' } },
        messageContextInfo: {},
      },
    },
  };
  expect(outgoingContext(TO, quote(content), NO_MENTIONS)).toEqual({
    stanzaId: '3EB0A1',
    participant: '5511777777777@s.whatsapp.net',
    quotedMessage: { extendedTextMessage: { text: 'Q' } },
  });
});

test('media is quoted as it is', () => {
  const content = { imageMessage: { caption: 'Q', url: 'https://mmg.whatsapp.net/x', contextInfo: {} } };
  expect(opened(quote(content))?.quotedMessage).toEqual({
    imageMessage: { caption: 'Q', url: 'https://mmg.whatsapp.net/x' },
  });
});

test.each([undefined, {}, { protocolMessage: { type: 0 } }])(
  'what has no content (%j) is quoted as an empty text',
  (content) => {
    expect(opened(quote(content))?.quotedMessage).toEqual({ conversation: '' });
  },
);

test('only a quote from another chat says where it comes from', () => {
  expect(outgoingContext(TO, quote({ conversation: 'Q' }), NO_MENTIONS)).not.toHaveProperty('remoteJid');
  const fromGroup = quote({ conversation: 'Q' }, { chat: '1@g.us' });
  expect(opened(fromGroup)?.remoteJid).toBe('1@g.us');
});

test('mentions name users, or everyone', () => {
  expect(outgoingContext(TO, null, { users: ['1@lid'], everyone: false })).toEqual({
    mentionedJid: ['1@lid'],
  });
  expect(outgoingContext(TO, null, { users: [], everyone: true })).toEqual({ nonJidMentions: 1 });
});
