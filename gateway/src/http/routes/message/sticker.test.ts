import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { testWithFfmpeg } from '../../../testing/media-files.ts';
import { mediaSender } from '../../../testing/media-sender.ts';

const PATH = '/api/message/sticker/:instance';
const sender = await mediaSender();

async function sent(body: object) {
  const { send, ana } = sender();
  const { body: answer } = await send(PATH, body);
  expect(answer).toMatchObject({ success: true, message: 'Sticker sent successfully', status: 'sent' });
  const { media, kind } = await ana.sees(answer.data.messageId);
  const file = await ana.file(answer.data.messageId);
  return { data: answer.data, media, kind, file, webp: await sharp(file, { animated: true }).metadata() };
}

describe('POST /api/message/sticker/:instance', () => {
  test.each(['picture.png', 'picture.jpeg', 'picture.webp', 'picture.gif'])(
    '%s becomes a still sticker, fitted on a transparent square',
    async (name) => {
      const { data, media, kind, file, webp } = await sent({ imageUrl: `URL/files/${name}` });
      expect(data).toMatchObject({ messageType: 'sticker', content: '', mediaMimeType: 'image/webp' });
      expect(data.mediaSize).toBe(file.length);
      expect(data).not.toHaveProperty('mediaUrl');
      expect(kind).toBe('sticker');
      expect(media).toMatchObject({ mimetype: 'image/webp', width: 512, height: 512, animated: false });
      expect(webp).toMatchObject({ format: 'webp', width: 512, height: 512 });
      const { data: pixels, info } = await sharp(file)
        .ensureAlpha()
        .raw()
        .toBuffer({ resolveWithObject: true });
      const alphaAt = (x: number, y: number) => pixels[(y * info.width + x) * info.channels + 3];
      expect([alphaAt(256, 5), alphaAt(256, 256)]).toEqual([0, 255]);
    },
  );

  testWithFfmpeg('a GIF with several frames becomes an animated one', async () => {
    const { media, file, webp } = await sent({ imageUrl: 'URL/files/moving.gif' });
    expect(media?.animated).toBe(true);
    expect(webp).toMatchObject({ format: 'webp', width: 512, pageHeight: 512 });
    expect(webp.pages).toBeGreaterThan(1);
    expect(file.length).toBeLessThanOrEqual(500 * 1024);
  });

  test('a data URL and raw base64 do as well, and what is a sticker already stays as it is', async () => {
    const { base64 } = sender();
    const { file } = await sent({ imageUrl: `data:image/png;base64,${base64('picture.png')}` });
    const again = await sent({ imageUrl: file.toString('base64') });
    expect(again.file).toEqual(file);
  });

  test('quality is lowered until a still one is at most 100 KiB', async () => {
    const noise = Buffer.alloc(1_000 * 1_000 * 3);
    for (let at = 0; at < noise.length; at++) noise[at] = (at * 2_654_435_761) >>> 24;
    const picture = await sharp(noise, { raw: { width: 1_000, height: 1_000, channels: 3 } })
      .png()
      .toBuffer();
    const { file } = await sent({ imageUrl: picture.toString('base64') });
    expect(file.length).toBeLessThanOrEqual(100 * 1024);
  });

  test.each<[string, object, number?]>([
    ['ImageUrl is required', {}],
    ['ImageUrl is required', { imageUrl: ' ' }],
    ['ImageUrl must be an http(s) URL or base64 data', { imageUrl: 'ftp://example.com' }],
    ['Invalid base64 data', { imageUrl: '###' }],
    ['ImageUrl address is not allowed', { imageUrl: 'http://192.168.0.1/' }],
    ['Failed to download media: HTTP 404', { imageUrl: 'URL/none' }],
    ['Unsupported sticker image: image/tiff', { imageUrl: 'URL/files/picture.tiff' }],
    ['Unsupported sticker image: application/pdf', { imageUrl: 'URL/files/paper.pdf' }],
    ['Unsupported sticker image: application/octet-stream', { imageUrl: 'eHg=' }],
    ['Unsupported sticker image: image/svg+xml', { imageUrl: 'data:image/svg+xml;base64,PHN2Zy8+' }],
    [
      'Failed to convert sticker: the image cannot be decoded',
      { imageUrl: 'data:image/png;base64,PHN2Zy8+' },
    ],
    [
      'Failed to convert sticker: the image cannot be decoded',
      { imageUrl: 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ' },
    ],
    ['Media too large: limit is 10 MB', { imageUrl: 'A'.repeat(13_981_016) }, 413],
  ])('%s', async (message, body, status = 400) => {
    expect(await sender().refusal(PATH, body)).toEqual([status, message]);
  });
});
