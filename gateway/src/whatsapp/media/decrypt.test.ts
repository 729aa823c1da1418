import { createCipheriv, createHash, createHmac, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { proto } from '../proto.ts';
import { clearFile } from './decrypt.ts';
import { cdnUrl, type FileReference, fileOf } from './file-reference.ts';
import { mediaKeys } from './keys.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();

function encrypt(clear: Uint8Array): { sealed: Buffer; reference: FileReference } {
  const mediaKey = randomBytes(32);
  const { iv, cipherKey, macKey } = mediaKeys(mediaKey, 'Image');
  const cipher = createCipheriv('aes-256-cbc', cipherKey, iv);
  const body = Buffer.concat([cipher.update(clear), cipher.final()]);
  const mac = createHmac('sha256', macKey).update(iv).update(body).digest().subarray(0, 10);
  const sealed = Buffer.concat([body, mac]);
  const reference: FileReference = {
    kind: 'image',
    purpose: 'Image',
    mimeType: '',
    fileName: null,
    directPath: '/v/x',
    url: null,
    mediaKey,
    encryptedSha256: sha256(sealed),
    sha256: sha256(clear),
  };
  return { sealed, reference };
}

async function* cut(bytes: Buffer, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(sealed: Buffer, reference: FileReference, size = 1_000): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of clearFile(cut(sealed, size), reference)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe('the clear file', () => {
  test('is the same however the bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 300 }),
        fc.integer({ min: 1, max: 400 }),
        async (clear, size) => {
          const { sealed, reference } = encrypt(clear);
          expect((await read(sealed, reference, size)).equals(clear)).toBe(true);
        },
      ),
    );
  });

  test('of a newsletter is not encrypted, and checked all the same', async () => {
    const clear = randomBytes(5_000);
    const reference = { ...encrypt(clear).reference, mediaKey: null, encryptedSha256: null };
    expect((await read(clear, reference)).equals(clear)).toBe(true);
    await expect(read(randomBytes(5_000), reference)).rejects.toMatchObject({ name: 'FileDamaged' });
  });

  test('does not end when a bit of it is another, or a byte too few or too many', async () => {
    const { sealed, reference } = encrypt(randomBytes(100));
    const blind = { ...reference, encryptedSha256: null };
    const damaged = { name: 'FileDamaged' };
    for (let at = 0; at < sealed.length; at += 7) {
      const other = Buffer.from(sealed);
      other[at]! ^= 1;
      await expect(read(other, reference)).rejects.toMatchObject(damaged);
      await expect(read(other, blind)).rejects.toMatchObject(damaged);
    }
    for (const other of [sealed.subarray(0, -1), Buffer.concat([sealed, Buffer.of(0)]), Buffer.alloc(0)]) {
      await expect(read(other, blind)).rejects.toMatchObject(damaged);
    }
    await expect(read(sealed, { ...reference, sha256: randomBytes(32) })).rejects.toMatchObject(damaged);
    await expect(read(sealed, { ...reference, encryptedSha256: randomBytes(32) })).rejects.toMatchObject(
      damaged,
    );
  });
});

describe('where a file lies', () => {
  test.each<[string, string | null, string | null, string | null]>([
    [
      'its path',
      '/v/t62/1_n.enc?ccb=11-4',
      'https://evil.example/x',
      'https://mmg.whatsapp.net/v/t62/1_n.enc?ccb=11-4',
    ],
    [
      'its URL',
      null,
      'https://media-gru1-1.cdn.whatsapp.net/v/x?y=1',
      'https://media-gru1-1.cdn.whatsapp.net/v/x?y=1',
    ],
    [
      'a path that looks like a host',
      '//169.254.169.254/latest',
      null,
      'https://mmg.whatsapp.net//169.254.169.254/latest',
    ],
    ['a path that changes the host', '@169.254.169.254/', null, null],
    ['a port in the path', ':8080/x', null, null],
    ['a URL elsewhere', null, 'https://169.254.169.254/latest', null],
    ['a name that only ends so', null, 'https://evilwhatsapp.net/x', null],
    ['no TLS', null, 'http://mmg.whatsapp.net/x', null],
    ['another port', null, 'https://mmg.whatsapp.net:22/x', null],
    ['user info', null, 'https://a:b@mmg.whatsapp.net/x', null],
    ['a file of this machine', null, 'file:///etc/passwd', null],
    ['nothing', null, null, null],
    ['no URL at all', '', 'x', null],
  ])('%s', (_, directPath, url, expected) => {
    expect(cdnUrl({ directPath, url })?.href ?? null).toBe(expected);
  });
});

describe('the file of a message', () => {
  const file = {
    mediaKey: randomBytes(32),
    directPath: '/v/x',
    mimetype: 'a/b',
    fileSha256: randomBytes(32),
  };

  test.each<[string, proto.IMessage, string, string]>([
    ['image', { imageMessage: file }, 'image', 'Image'],
    ['video', { videoMessage: file }, 'video', 'Video'],
    ['video note', { ptvMessage: file }, 'video', 'Video'],
    ['audio', { audioMessage: file }, 'audio', 'Audio'],
    ['sticker', { stickerMessage: file }, 'sticker', 'Image'],
    [
      'captioned document',
      { documentWithCaptionMessage: { message: { documentMessage: file } } },
      'document',
      'Document',
    ],
    ['view once', { viewOnceMessageV2: { message: { imageMessage: file } } }, 'image', 'Image'],
    [
      'disappearing, from another device',
      { deviceSentMessage: { message: { ephemeralMessage: { message: { audioMessage: file } } } } },
      'audio',
      'Audio',
    ],
  ])('%s', (_, message, kind, purpose) => {
    const stored = proto.Message.decode(proto.Message.encode(message).finish());
    expect(fileOf(stored)).toMatchObject({
      kind,
      purpose,
      directPath: '/v/x',
      mimeType: 'a/b',
      encryptedSha256: null,
    });
  });

  test('is none for text and for the picture of a link', () => {
    expect(fileOf({ conversation: 'x' })).toBeNull();
    expect(fileOf({ extendedTextMessage: { text: 'x', thumbnailDirectPath: '/v/x' } })).toBeNull();
  });
});
