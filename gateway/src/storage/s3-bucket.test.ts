import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addressRanges } from '../net/address-policy.ts';
import { guardedLookup } from '../net/guarded-lookup.ts';
import { type S3Fields, type S3Server, startS3 } from '../testing/s3-server.ts';
import { S3Bucket } from './s3-bucket.ts';

const LOOPBACK = addressRanges(['127.0.0.0/8'])!;

describe('a bucket of a tenant', () => {
  let s3: S3Server;
  beforeAll(async () => {
    s3 = await startS3();
  });
  afterAll(() => s3.close());

  const bucketOf = (fields: Partial<S3Fields> = {}, lookup = guardedLookup(LOOPBACK)) =>
    new S3Bucket(s3.settings(fields), lookup);
  const never = new AbortController().signal;
  const put = (bucket: S3Bucket, name: string, bytes = randomBytes(70_000), signal = never) => {
    const key = bucket.key(name);
    const sha256 = createHash('sha256').update(bytes).digest();
    const chunks = Readable.from([bytes.subarray(0, 50_000), bytes.subarray(50_000)]);
    return bucket.put({ key, size: bytes.length, sha256, contentType: 'image/png' }, chunks, signal);
  };

  test('takes a file as a signed stream and gives it back at its URL, for saving only', async () => {
    const bucket = bucketOf();
    const bytes = randomBytes(3_000_000);
    await put(bucket, 'A1.png', bytes);
    const answer = await s3.fetch(bucket.url(bucket.key('A1.png')));
    expect(bucket.url(bucket.key('A1.png'))).toMatch(
      /^http:\/\/127\.0\.0\.1:\d+\/media\/media\/sales\/A1\.png$/,
    );
    expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
    expect(answer.headers.get('content-type')).toBe('image/png');
    expect(answer.headers.get('content-disposition')).toBe('attachment');
    const { body, size } = await bucket.get(bucket.key('A1.png'), never);
    expect(size).toBe(bytes.length);
    expect((await buffer(body)).equals(bytes)).toBe(true);
    await expect(bucket.get('none', never)).rejects.toMatchObject({ name: 'BucketFailed', refused: true });
  });

  test('deletes, also what is not there', async () => {
    const bucket = bucketOf();
    await put(bucket, 'gone');
    await bucket.delete(bucket.key('gone'), never);
    expect((await s3.fetch(bucket.url(bucket.key('gone')))).status).toBe(404);
    await bucket.delete(bucket.key('gone'), never);
  });

  test.each<[string, Partial<S3Fields>]>([
    ['a wrong secret key', { secretKey: 'wrong' }],
    ['an unknown access key', { accessKey: 'nobody' }],
    ['a missing bucket', { bucket: 'nowhere' }],
    ['another region', { region: 'us-west-2' }],
  ])('refuses for good: %s', async (_, fields) => {
    await expect(put(bucketOf(fields), 'x')).rejects.toMatchObject({ name: 'BucketFailed', refused: true });
  });

  test('may take it later: nothing listens, or a private address behind a name', async () => {
    const later = { name: 'BucketFailed', refused: false };
    await expect(put(bucketOf({ endpoint: 'http://127.0.0.1:9' }), 'x')).rejects.toMatchObject(later);
    const rebound = guardedLookup([], async () => [{ address: '127.0.0.1', family: 4 }]);
    const { port } = new URL(s3.settings().endpoint);
    const named = bucketOf({ endpoint: `http://bucket.example:${port}` }, rebound);
    await expect(put(named, 'x')).rejects.toMatchObject({
      ...later,
      cause: { code: 'EHOSTNOTALLOWED' },
    });
    expect(s3.begun.some((path) => path.endsWith('/x') && path.startsWith('/nowhere'))).toBe(true);
  });

  test('a bucket that does not answer is given up when the caller says so', async () => {
    const held = s3.hold();
    const abort = new AbortController();
    const sent = put(bucketOf(), 'slow', undefined, abort.signal);
    abort.abort();
    await expect(sent).rejects.toMatchObject({ name: 'BucketFailed', refused: false });
    held.release();
  });

  test.each<[string, Partial<S3Fields>, string]>([
    [
      'AWS',
      { endpoint: '', region: 'us-east-1', bucket: 'bucket' },
      'https://bucket.s3.amazonaws.com/media/sales/A.jpg',
    ],
    [
      'AWS elsewhere',
      { endpoint: '', region: 'sa-east-1' },
      'https://media.s3.sa-east-1.amazonaws.com/media/sales/A.jpg',
    ],
    [
      'a name with dots',
      { endpoint: '', region: 'us-east-1', bucket: 'a.b' },
      'https://s3.amazonaws.com/a.b/media/sales/A.jpg',
    ],
    [
      'another service',
      { endpoint: 'https://nyc3.example/', pathPrefix: '/p' },
      'https://nyc3.example/media/p/A.jpg',
    ],
    ['no prefix', { endpoint: 'https://nyc3.example', pathPrefix: '' }, 'https://nyc3.example/media/A.jpg'],
    [
      'odd characters',
      { endpoint: 'https://x.example', pathPrefix: 'a b/ü?/' },
      'https://x.example/media/a%20b/%C3%BC%3F/A.jpg',
    ],
  ])('its objects have the address of %s', (_, fields, url) => {
    const bucket = bucketOf(fields);
    expect(bucket.url(bucket.key('A.jpg'))).toBe(url);
  });
});
