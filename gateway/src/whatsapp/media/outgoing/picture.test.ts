import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { FetchFailed } from '../../../net/fetch-error.ts';
import type { GuardedAnswer, GuardedRequest } from '../../../net/guarded-fetch.ts';
import { WhatsAppError, type WhatsAppErrors } from '../../errors.ts';
import { MAX_PICTURE_BYTES, squarePicture } from './picture.ts';

const drawn = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: 'teal' } });
/** Small as a file, 64 megapixels as an image. */
const bomb = await drawn(8_000, 8_000).png().toBuffer();
const png = await drawn(900, 300).png().toBuffer();

/** The network as a picture's host answers it. */
const answering = (answer: Partial<GuardedAnswer> | FetchFailed) => {
  const asked: GuardedRequest[] = [];
  const request = async (each: GuardedRequest) => {
    asked.push(each);
    if (answer instanceof FetchFailed) throw answer;
    return { status: 200, header: () => undefined, body: png, ...answer };
  };
  return { asked, fetch: { request } };
};

describe('a picture that a client gives', () => {
  test.each<[string, string]>([
    ['a URL', 'https://example.com/me.png'],
    ['a data URI', `data:image/png;base64,${png.toString('base64')}`],
    ['raw base64', png.toString('base64')],
    ['base64 of the URL alphabet without padding', png.toString('base64url')],
  ])('as %s becomes a JPEG of 640 by 640', async (_, source) => {
    const { fetch } = answering({});
    const { format, width, height } = await sharp(
      await squarePicture(source, { fetch, field: 'image', rawBase64: true }),
    ).metadata();
    expect({ format, width, height }).toEqual({ format: 'jpeg', width: 640, height: 640 });
  });

  test('is fetched with a deadline of 15 seconds and a bound on its bytes', async () => {
    const { fetch, asked } = answering({});
    await squarePicture('https://example.com/me.png', { fetch, field: 'image', rawBase64: false });
    expect(asked).toMatchObject([{ method: 'GET', deadlineMs: 15_000, maxBytes: MAX_PICTURE_BYTES + 1 }]);
  });

  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
  test.each<[string, Partial<GuardedAnswer> | FetchFailed, keyof WhatsAppErrors, string?]>([
    ['ftp://example.com/me.png', {}, 'picture_source_invalid'],
    ['https://10.0.0.1/', new FetchFailed('host_not_allowed'), 'picture_forbidden'],
    ['https://example.com/', { status: 404 }, 'picture_download_failed', 'HTTP 404'],
    ['https://example.com/', { status: 302 }, 'picture_download_failed', 'HTTP 302'],
    ['https://example.com/', new FetchFailed('timeout'), 'picture_download_failed', 'timed out'],
    ['https://example.com/', { body: Buffer.alloc(MAX_PICTURE_BYTES + 1) }, 'picture_too_large'],
    ['https://example.com/', { body: Buffer.from('<html>') }, 'picture_invalid'],
    ['https://example.com/', { body: svg }, 'picture_invalid'],
    ['https://example.com/', { body: bomb }, 'picture_invalid'],
    ['data:image/png;base64,!!!', {}, 'picture_invalid'],
    ['http://[', {}, 'picture_source_invalid'],
  ])(
    '%s is refused where the host answers as it does here, case %#',
    async (source, answer, code, reason) => {
      const { fetch } = answering(answer);
      const error = await squarePicture(source, { fetch, field: 'image', rawBase64: false }).catch(
        (thrown) => thrown,
      );
      expect(error).toBeInstanceOf(WhatsAppError);
      expect({ code: error.code, ...error.details }).toEqual({
        code,
        field: 'image',
        ...(reason && { reason }),
      });
    },
  );
});
