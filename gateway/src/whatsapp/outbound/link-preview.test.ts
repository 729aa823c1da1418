import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../clock.ts';
import { GuardedFetch } from '../../net/guarded-fetch.ts';
import { LOOPBACK, Receiver } from '../../net/testing/network.ts';
import { createLog } from '../../telemetry/log.ts';
import { fetchPreview, firstUrl } from './link-preview.ts';
import { readPage } from './page.ts';

test.each([
  ['see https://example.com', 'https://example.com'],
  ['see https://example.com.', 'https://example.com'],
  ['(https://example.com/a_(b))!', 'https://example.com/a_(b'],
  ['HTTPS://EXAMPLE.COM/x?y=1&z=2#f then', 'HTTPS://EXAMPLE.COM/x?y=1&z=2#f'],
  ['first http://a.example, then http://b.example', 'http://a.example'],
  ['<https://example.com>', 'https://example.com'],
  ['example.com', null],
  ['ftp://example.com', null],
  ['http://', null],
  ['https://[', null],
  ['', null],
])('the link of "%s" is %s', (text, url) => {
  expect(firstUrl(text)).toBe(url);
});

describe('what a page says of itself', () => {
  const read = (html: string, type = 'text/html; charset=utf-8') => readPage(Buffer.from(html), type);

  test.each([
    ['<title>Plain &amp; simple</title>', { title: 'Plain & simple', description: null }],
    [
      '<title>T</title><meta property="og:title" content="OG"><meta name=description content=Short>',
      { title: 'OG', description: 'Short' },
    ],
    [
      "<META CONTENT='It&#39;s &#x1F600; &copy;' NAME='twitter:title'><meta property=og:description content=\"a\n  b\">",
      { title: "It's 😀 &copy;", description: 'a b' },
    ],
    [
      '<meta property="og:title" content="first"><meta property="og:title" content="second">',
      { title: 'first', description: null },
    ],
    ['<title>  </title>', null],
    ['<p>no head</p>', null],
    ['<title>&#0;&#9999999;x</title>', { title: '&#0;&#9999999;x', description: null }],
  ])('%s', (html, page) => {
    expect(read(html)).toEqual(page);
  });

  test('its charset counts, an unknown one does not', () => {
    const latin = Buffer.from('<title>S\xe3o</title>', 'latin1');
    expect(readPage(latin, 'text/html; charset=ISO-8859-1')?.title).toBe('São');
    expect(read('<title>São</title>', 'text/html; charset=klingon')?.title).toBe('São');
  });

  test('long texts are cut', () => {
    expect([...read(`<title>${'😀'.repeat(300)}</title>`)!.title]).toHaveLength(256);
  });

  test('any page is read quickly and without an error', () => {
    const parts = fc.constantFrom(
      '<meta ',
      '<title',
      '>',
      '"',
      "'",
      '=',
      'content',
      'og:title',
      '&#x',
      ';',
      'x',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 300 }), (html) => {
        expect(() => read(html.join(''))).not.toThrow();
      }),
    );
    const start = process.cpuUsage();
    read('<meta '.repeat(11_000));
    read(`<meta ${'a='.repeat(32_000)}`);
    expect(process.cpuUsage(start).user / 1_000, 'milliseconds of processor time').toBeLessThan(1_000);
  });
});

describe('fetching a preview', () => {
  async function site(answer: Receiver['answer']) {
    const receiver = await Receiver.start(answer);
    const fetch = new GuardedFetch({ allowed: LOOPBACK, clock: systemClock });
    onTestFinished(() => fetch.close());
    const preview = (url = receiver.url) =>
      fetchPreview(url, { fetch, clock: systemClock, log: createLog('silent') });
    return { receiver, preview };
  }
  const html = { 'content-type': 'text/html' };

  test('gives title, description and the URL of the text, redirects followed', async () => {
    const { receiver, preview } = await site((response, { url }) => {
      if (url === '/') response.writeHead(302, { location: '/page' }).end();
      else response.writeHead(200, html).end('<title>T</title><meta name="description" content="D">');
    });
    expect(await preview()).toEqual({ url: receiver.url, title: 'T', description: 'D' });
    expect(receiver.requests.map(({ url }) => url)).toEqual(['/', '/page']);
  });

  test.each([
    ['/cover.png', 'beside the page'],
    ['URLcover.png', 'by its whole address'],
  ])('shows the picture that the page names %s', async (image) => {
    const picture = await sharp({ create: { width: 800, height: 400, channels: 3, background: '#a00' } })
      .png()
      .toBuffer();
    const { preview } = await site((response, { url, headers }) => {
      if (url === '/cover.png') response.end(picture);
      else {
        const place = image.replace('URL', `http://${headers.host}/`);
        response.writeHead(200, html).end(`<title>T</title><meta property="og:image" content="${place}">`);
      }
    });
    const { thumbnail } = (await preview()) ?? {};
    expect(await sharp(thumbnail).metadata()).toMatchObject({ format: 'jpeg', width: 192, height: 96 });
  });

  test.each<[string, Receiver['answer']]>([
    ['is missing', (response) => response.writeHead(404).end()],
    ['is none', (response) => response.end('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['leads inside', (response) => response.writeHead(302, { location: 'http://10.0.0.1/' }).end()],
    ['is too large', (response) => response.end(Buffer.alloc(6 * 1_048_576))],
  ])('does without a picture that %s', async (_, answer) => {
    const { receiver, preview } = await site((response, request) => {
      if (request.url === '/cover.png') answer(response, request);
      else
        response.writeHead(200, html).end('<title>T</title><meta name="twitter:image" content="/cover.png">');
    });
    expect(await preview()).toEqual({ url: receiver.url, title: 'T', description: null });
  });

  test.each<[string, Receiver['answer']]>([
    ['an error page', (response) => response.writeHead(404, html).end('<title>Not found</title>')],
    [
      'a file',
      (response) => response.writeHead(200, { 'content-type': 'image/png' }).end('<title>T</title>'),
    ],
    ['a page without a title', (response) => response.writeHead(200, html).end('<p>')],
    ['redirects without end', (response) => response.writeHead(302, { location: '/' }).end()],
    [
      'a redirect to a private address',
      (response) => response.writeHead(302, { location: 'http://10.0.0.1/' }).end(),
    ],
    [
      'a redirect to another protocol',
      (response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
    ],
    ['a broken connection', (response) => response.destroy()],
  ])('%s gives none, and no error', async (_, answer) => {
    const { preview } = await site(answer);
    expect(await preview()).toBeNull();
  });

  test('follows three redirects and no more', async () => {
    const hops =
      (count: number): Receiver['answer'] =>
      (response, { url }) => {
        const hop = Number(url.slice(1));
        if (hop < count) response.writeHead(301, { location: `/${hop + 1}` }).end();
        else response.writeHead(200, html).end('<title>T</title>');
      };
    const three = await site(hops(3));
    expect(await three.preview(`${three.receiver.url}0`)).not.toBeNull();
    const four = await site(hops(4));
    expect(await four.preview(`${four.receiver.url}0`)).toBeNull();
  });

  test('a private address is not asked at all', async () => {
    const { receiver } = await site((response) => response.end());
    const fetch = new GuardedFetch({ allowed: [], clock: systemClock });
    expect(
      await fetchPreview(receiver.url, { fetch, clock: systemClock, log: createLog('silent') }),
    ).toBeNull();
    expect(receiver.requests).toEqual([]);
    await fetch.close();
  });
});
