import { describe, expect, test } from 'vitest';
import { proto } from './proto.ts';
import {
  decodeMessage,
  encodeMessage,
  fileOfMessage,
  readMessage,
  secretOfMessage,
  withText,
} from './stored-message.ts';
import { openMessage, wireMessage } from './wire.ts';

const kept = (content: proto.IMessage) => encodeMessage(wireMessage(content));
const opened = (encoded: Uint8Array) => proto.Message.decode(encoded).toJSON();
const NOTHING = new Uint8Array();
const secret = Uint8Array.of(1, 2, 3);

describe('a message that is not kept', () => {
  test('is never an empty message', () => {
    expect(decodeMessage(NOTHING)).toBeUndefined();
    expect(readMessage(NOTHING)).toBeNull();
    expect(fileOfMessage(NOTHING)).toBeNull();
    expect(secretOfMessage(NOTHING)).toBeNull();
    expect(withText(NOTHING, 'new')).toEqual(NOTHING);
  });
});

describe('a message that is kept', () => {
  test('is read in our words, and comes back as it was', () => {
    const encoded = kept({ conversation: 'Hello' });
    expect(readMessage(encoded)).toMatchObject({ type: 'text', content: 'Hello' });
    expect(openMessage(decodeMessage(encoded)!).conversation).toBe('Hello');
  });

  test('has its file inside a wrapper, too', () => {
    const message = { imageMessage: { mimetype: 'image/jpeg', directPath: '/v/x' } };
    expect(fileOfMessage(kept({ viewOnceMessage: { message } }))).toMatchObject({ directPath: '/v/x' });
    expect(fileOfMessage(kept({ conversation: 'Hello' }))).toBeNull();
  });

  test('has its secret beside the content, or inside the wrapper', () => {
    const messageContextInfo = { messageSecret: secret };
    const message = { conversation: 'Hello', messageContextInfo };
    expect(secretOfMessage(kept(message))).toEqual(Buffer.from(secret));
    expect(secretOfMessage(kept({ ephemeralMessage: { message } }))).toEqual(Buffer.from(secret));
    expect(secretOfMessage(kept({ conversation: 'Hello' }))).toBeNull();
  });

  test.each<[string, proto.IMessage, proto.IMessage]>([
    ['a text', { conversation: 'old' }, { conversation: 'new' }],
    [
      'a text with a quote',
      { extendedTextMessage: { text: 'old', contextInfo: { stanzaId: 'A1' } } },
      { extendedTextMessage: { text: 'new', contextInfo: { stanzaId: 'A1' } } },
    ],
    [
      'a caption',
      { videoMessage: { caption: 'old', directPath: '/v/x' } },
      { videoMessage: { caption: 'new', directPath: '/v/x' } },
    ],
    [
      'a caption inside a wrapper',
      { documentWithCaptionMessage: { message: { documentMessage: { caption: 'old', title: 't' } } } },
      { documentWithCaptionMessage: { message: { documentMessage: { caption: 'new', title: 't' } } } },
    ],
    ['nothing to change', { stickerMessage: { url: 'x' } }, { stickerMessage: { url: 'x' } }],
  ])('keeps everything but %s', (_, before, after) => {
    expect(opened(withText(kept(before), 'new'))).toEqual(opened(kept(after)));
  });
});
