import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { proto } from '../proto.ts';
import { catalog } from './catalog.ts';
import { addressesIn, MESSAGE_TYPES, withAddresses } from './content.ts';
import { readContent } from './read.ts';

const { Type } = proto.Message.ProtocolMessage;
const plain = { isForwarded: false, context: null, mentioned: [] };

/** As it arrives: through the wire form, so that fields have the shapes that decoding gives them. */
function read(message: proto.IMessage) {
  return readContent(proto.Message.decode(proto.Message.encode(message).finish()));
}

describe('text', () => {
  test.each<[string, proto.IMessage]>([
    ['plain', { conversation: 'Hello' }],
    ['extended', { extendedTextMessage: { text: 'Hello' } }],
    [
      'beside keys and context',
      { senderKeyDistributionMessage: { groupId: 'x' }, conversation: 'Hello', messageContextInfo: {} },
    ],
    ['in a disappearing chat', { ephemeralMessage: { message: { conversation: 'Hello' } } }],
    ['sent from another device', { deviceSentMessage: { message: { conversation: 'Hello' } } }],
    ['viewed once', { viewOnceMessageV2: { message: { extendedTextMessage: { text: 'Hello' } } } }],
    [
      'in wrappers of wrappers',
      {
        deviceSentMessage: {
          message: {
            ephemeralMessage: { message: { viewOnceMessage: { message: { conversation: 'Hello' } } } },
          },
        },
      },
    ],
    ['in a group status', { groupStatusMessageV2: { message: { conversation: 'Hello' } } }],
  ])('%s is text', (_, message) => {
    expect(read(message)).toEqual({ type: 'text', content: 'Hello', ...plain });
  });

  test('an empty text is a text', () => {
    expect(read({ conversation: '' })).toMatchObject({ type: 'text', content: '' });
  });
});

describe('the context of a message', () => {
  test('a quote names message, author, kind and content, and its mentions are not those of the message', () => {
    const message = {
      extendedTextMessage: {
        text: '@5511777777777 done',
        contextInfo: {
          stanzaId: '3EB0A1',
          participant: '5511777777777:4@s.whatsapp.net',
          quotedMessage: { conversation: 'Who can deploy?' },
          mentionedJid: ['5511777777777@s.whatsapp.net', '100000000000009:1@lid', 'nobody'],
          expiration: 86_400,
        },
      },
    };
    expect(read(message)).toEqual({
      type: 'text',
      content: '@5511777777777 done',
      isForwarded: false,
      mentioned: ['5511777777777@s.whatsapp.net', '100000000000009@lid'],
      context: {
        messageId: '3EB0A1',
        participant: '5511777777777@s.whatsapp.net',
        type: 'text',
        content: 'Who can deploy?',
        forwardingScore: 0,
        expiration: 86_400,
        ad: null,
      },
    });
  });

  test('quoted content is cut at 1,024 characters, none of them in half', () => {
    const quotedMessage = { conversation: '😀'.repeat(1_025) };
    const content = read({
      extendedTextMessage: { text: 'x', contextInfo: { stanzaId: 'A', quotedMessage } },
    });
    expect(content?.context?.content).toBe('😀'.repeat(1_024));
  });

  test('a quote without its message has neither kind nor content', () => {
    const content = read({ extendedTextMessage: { text: 'x', contextInfo: { stanzaId: 'A' } } });
    expect(content?.context).toMatchObject({ messageId: 'A', participant: null, type: null, content: null });
  });

  test('a forwarded message says how often', () => {
    const content = read({
      extendedTextMessage: { text: 'x', contextInfo: { isForwarded: true, forwardingScore: 5 } },
    });
    expect(content).toMatchObject({ isForwarded: true, context: { messageId: null, forwardingScore: 5 } });
  });

  test('a message that came from an ad says which', () => {
    const externalAdReply = {
      title: 'Sale',
      sourceType: 'ad',
      sourceId: '12',
      sourceUrl: 'https://fb.me/x',
      ctwaClid: 'clid',
    };
    const content = read({ extendedTextMessage: { text: 'x', contextInfo: { externalAdReply } } });
    expect(content?.context?.ad).toEqual({
      title: 'Sale',
      body: null,
      sourceType: 'ad',
      sourceId: '12',
      sourceUrl: 'https://fb.me/x',
      mediaUrl: null,
      ctwaClid: 'clid',
    });
  });

  test('a setting of the chat alone is no context', () => {
    expect(
      read({ extendedTextMessage: { text: 'x', contextInfo: { expiration: 86_400 } } })?.context,
    ).toBeNull();
  });

  test('content without a translator keeps its quote', () => {
    const content = read({
      productMessage: { contextInfo: { stanzaId: 'A', quotedMessage: { conversation: 'q' } } },
    });
    expect(content).toMatchObject({ type: 'unknown', context: { messageId: 'A', content: 'q' } });
  });
});

describe('an edit', () => {
  const edit = (editedMessage: proto.IMessage) => ({
    protocolMessage: { type: Type.MESSAGE_EDIT, key: { id: '3EB0ORIGINAL' }, editedMessage },
  });

  test.each<[string, proto.IMessage]>([
    ['of a text', edit({ conversation: 'new' })],
    ['of an extended text', edit({ extendedTextMessage: { text: 'new' } })],
    ['of a caption', edit({ imageMessage: { caption: 'new' } })],
    [
      'of a document in its wrapper',
      edit({ documentWithCaptionMessage: { message: { documentMessage: { caption: 'new' } } } }),
    ],
    ['in its wrapper', { editedMessage: { message: edit({ conversation: 'new' }) } }],
  ])('%s has the new text and the id of the old message', (_, message) => {
    expect(read(message)).toEqual({
      type: 'message_edit',
      content: 'new',
      edit: { original_id: '3EB0ORIGINAL', text: 'new' },
      ...plain,
    });
  });

  test('keeps the mentions of the new text', () => {
    const editedMessage = {
      extendedTextMessage: { text: 'x', contextInfo: { mentionedJid: ['5511777777777@s.whatsapp.net'] } },
    };
    expect(read(edit(editedMessage))?.mentioned).toEqual(['5511777777777@s.whatsapp.net']);
  });

  test('of nothing is no message', () => {
    expect(
      read({ protocolMessage: { type: Type.MESSAGE_EDIT, editedMessage: { conversation: 'new' } } }),
    ).toBeNull();
  });
});

describe('a revocation', () => {
  test.each<[string, proto.IMessageKey, string | null]>([
    ['by the author', { id: 'A', fromMe: true }, 'sender'],
    [
      'by an admin',
      { id: 'A', fromMe: false, participant: '5511777777777:2@s.whatsapp.net' },
      '5511777777777@s.whatsapp.net',
    ],
    ['of an unnamed author', { id: 'A', fromMe: false }, null],
  ])('%s says whose message it was', (_, key, author) => {
    expect(read({ protocolMessage: { type: Type.REVOKE, key } })).toEqual({
      type: 'message_revoke',
      content: '',
      revoke: { original_id: 'A', author },
      ...plain,
    });
  });
});

describe('the catalog', () => {
  const fields = Object.keys(catalog) as (keyof typeof catalog)[];

  test('names every field that a message can have', () => {
    const { prototype } = proto.Message;
    const ofSchema = Object.keys(prototype).filter((name) => prototype[name as keyof proto.Message] === null);
    expect([...fields].sort()).toEqual(ofSchema.sort());
  });

  test.each(fields.filter((field) => catalog[field] === 'unknown'))('%s is not dropped', (field) => {
    expect(readContent({ [field]: {} })).toEqual({ type: 'unknown', content: '', ...plain });
  });

  test.each(fields.filter((field) => catalog[field] === 'silent'))('%s makes no message', (field) => {
    expect(readContent({ [field]: {}, messageContextInfo: {} })).toBeNull();
  });

  test.each(fields.filter((field) => catalog[field] === 'wrapper'))('%s gives what is inside', (field) => {
    expect(readContent({ [field]: { message: { conversation: 'inside' } } })?.content).toBe('inside');
  });

  test.each([
    Type.EPHEMERAL_SETTING,
    Type.APP_STATE_SYNC_KEY_SHARE,
    Type.HISTORY_SYNC_NOTIFICATION,
    Type.LIMIT_SHARING,
  ])('protocol type %d makes no message', (type) => {
    expect(readContent({ protocolMessage: { type } })).toBeNull();
  });

  test('a message of a kind that is newer than our schema is not dropped', () => {
    const newer = proto.Message.decode(Uint8Array.of(0xfa, 0x7f, 0x02, 0x08, 0x01));
    expect(readContent(newer)).toMatchObject({ type: 'unknown' });
    expect(readContent({ messageContextInfo: {} })).toMatchObject({ type: 'unknown' });
  });
});

describe('anything that arrives', () => {
  const info = fc.record(
    {
      stanzaId: fc.string(),
      participant: fc.string(),
      mentionedJid: fc.array(fc.string()),
      forwardingScore: fc.nat(),
      quotedMessage: fc.constant({ conversation: 'q' }),
    },
    { requiredKeys: [] },
  );
  const { message } = fc.letrec<{ message: proto.IMessage }>((tie) => ({
    message: fc.dictionary(
      fc.constantFrom(...Object.keys(catalog).filter((field) => field !== 'conversation')),
      fc.oneof(
        { depthSize: 'small' },
        fc.constant(null),
        fc.constant({}),
        fc.record({ contextInfo: info }),
        fc.record({ message: tie('message') }),
        fc.record({
          type: fc.constantFrom(0, 3, 14, 99),
          key: fc.constant({ id: 'A' }),
          editedMessage: tie('message'),
        }),
      ),
      { maxKeys: 4, noNullPrototype: true },
    ) as fc.Arbitrary<proto.IMessage>,
  }));

  test('it is translated into the closed list or left out, without an error', () => {
    fc.assert(
      fc.property(message, (sent) => {
        const content = readContent(proto.Message.fromObject(sent));
        if (content) expect(MESSAGE_TYPES).toContain(content.type);
      }),
      { numRuns: 1_000 },
    );
  });

  test('random bytes that decode are translated too', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        let decoded: proto.Message;
        try {
          decoded = proto.Message.decode(bytes);
        } catch {
          return; // not a message: decryption would have failed
        }
        expect(() => readContent(decoded)).not.toThrow();
      }),
      { numRuns: 2_000 },
    );
  });

  test('content nested beyond reason ends as unknown', () => {
    let deep: proto.IMessage = { conversation: 'x' };
    for (let i = 0; i < 5_000; i++) deep = { ephemeralMessage: { message: deep } };
    expect(readContent(deep)).toMatchObject({ type: 'unknown' });
    let edits: proto.IMessage = { conversation: 'x' };
    for (let i = 0; i < 5_000; i++) {
      edits = { protocolMessage: { type: Type.MESSAGE_EDIT, key: { id: 'A' }, editedMessage: edits } };
    }
    expect(readContent(edits)).toMatchObject({ type: 'message_edit', content: '' });
  });
});

test('addresses in a content are found and replaced wherever they stand', () => {
  const content = read({
    extendedTextMessage: {
      text: 'x',
      contextInfo: { stanzaId: 'A', participant: '1@lid', mentionedJid: ['2@lid', '3@s.whatsapp.net'] },
    },
  })!;
  expect(addressesIn(content)).toEqual(['2@lid', '3@s.whatsapp.net', '1@lid']);
  const replaced = withAddresses(content, (address) => `shown ${address}`);
  expect(replaced.mentioned).toEqual(['shown 2@lid', 'shown 3@s.whatsapp.net']);
  expect(replaced.context?.participant).toBe('shown 1@lid');
  const revoked = read({ protocolMessage: { type: Type.REVOKE, key: { id: 'A', participant: '4@lid' } } })!;
  expect(withAddresses(revoked, (address) => `shown ${address}`).revoke?.author).toBe('shown 4@lid');
});
