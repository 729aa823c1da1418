import { readdir } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { Group, Newsletter } from '@ryze/whatsapp-sandbox/client';
import { fileTypeFromBuffer } from 'file-type';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { hasFfmpeg, runnable, testWithFfmpeg } from '../../../testing/media-files.ts';
import { type MediaSender, mediaSender, sha256 } from '../../../testing/media-sender.ts';

const PATH = '/api/message/media/:instance';
const OPUS = 'audio/ogg; codecs=opus';
const sender = await mediaSender({
  '/to-file': (response) => response.writeHead(302, { location: '/files/paper.pdf' }).end(),
  '/once': (response) => response.writeHead(301, { location: '/to-file' }).end(),
  '/twice': (response) => response.writeHead(307, { location: '/once' }).end(),
  '/loop': (response) => response.writeHead(302, { location: '/loop' }).end(),
  '/inside': (response) => response.writeHead(302, { location: 'http://10.0.0.1/secret' }).end(),
  '/metadata': (response) => response.writeHead(302, { location: 'http://169.254.169.254/' }).end(),
  '/empty': (response) => response.end(),
  '/broken': (response) => response.writeHead(503).end(),
  '/huge': (response) => response.writeHead(200, { 'content-length': 200 * 1_048_576 }).write('x'),
  '/endless': (response) => {
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(1_048_576)));
      if (!response.destroyed) response.once('drain', more);
    };
    more();
  },
  '/typed': (response) => response.setHeader('content-type', 'text/x-log').end('12:00 started'),
  '/cut': (response) => {
    response.writeHead(200, { 'content-length': 1000 }).write('x');
    setImmediate(() => response.destroy());
  },
});

let files: MediaSender['files'];
let url: MediaSender['url'];
let base64: MediaSender['base64'];
let server: MediaSender['server'];
beforeAll(() => {
  ({ files, url, base64, server } = sender());
  files['damaged.png'] = (files['picture.png'] as Buffer).subarray(0, 60);
  files['playlist.m3u8'] = Buffer.from('#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n');
});

const send = (body: object) => sender().send(PATH, body);

/** Sends, and gives the answer's data with what Ana's phone downloaded and decrypted. */
async function sent(body: object) {
  const answer = await send(body);
  expect(answer.body).toMatchObject({ success: true, message: 'Media sent successfully', status: 'sent' });
  const { data } = answer.body;
  const { ana } = sender();
  const shown = await ana.sees(data.messageId);
  return { data, shown, media: shown.media, file: await ana.file(data.messageId) };
}

describe('POST /api/message/media/:instance', () => {
  test.each<[string, string, string]>(
    runnable([
      ['picture.jpeg', 'image', 'image/jpeg'],
      ['picture.png', 'image', 'image/png'],
      ['film.mp4', 'video', 'video/mp4'],
      ['film.3gp', 'video', 'video/3gpp'],
      ['paper.pdf', 'document', 'application/pdf'],
      ['note.txt', 'document', 'text/plain'],
      ['tone.opus.ogg', 'audio', OPUS],
    ]),
  )('%s goes out byte for byte, as a URL, base64 and a data URL', async (name, mediaType, mime) => {
    const original = files[name] as Buffer;
    const sources = [
      { mediaUrl: url(name) },
      { mediaUrl: base64(name), fileName: name },
      { mediaBase64: base64(name), fileName: name },
      { mediaBase64: `data:${mime};base64,${base64(name)}`, fileName: name },
      { mediaUrl: `data:${mime};base64,${base64(name)}`, fileName: name },
    ];
    // Where a file comes from and what it is do not meet: films and sound, which cost time, go two ways.
    const isSlow = mediaType === 'video' || mediaType === 'audio';
    for (const source of isSlow ? sources.slice(0, 2) : sources) {
      const { data, media } = await sent({ mediaType, ...source });
      expect(data).toMatchObject({ messageType: mediaType, mediaMimeType: mime, mediaSize: original.length });
      expect(data.mediaUrl).toMatch(/^https:\/\/.*\/v\/t62/);
      expect(media).toMatchObject({ mimetype: mime, size: original.length, sha256: sha256(original) });
    }
  });

  test.each(['picture.webp', 'picture.tiff', 'picture.gif'])('%s goes out as a JPEG', async (name) => {
    const { data, media, file } = await sent({ mediaType: 'image', mediaUrl: url(name) });
    expect(data).toMatchObject({ mediaMimeType: 'image/jpeg', mediaSize: file.length });
    expect(media).toMatchObject({ width: 300, height: 200 });
    expect(await sharp(file).metadata()).toMatchObject({ format: 'jpeg', width: 300, height: 200 });
  });

  test.each(
    runnable(['tone.wav', 'tone.mp3', 'tone.m4a', 'tone.flac', 'tone.vorbis.ogg', 'tone.webm', 'tone.mp4']),
  )('%s goes out as a voice note in mono Opus with duration and waveform', async (name) => {
    const { data, media, file } = await sent({ mediaType: 'audio', mediaUrl: url(name) });
    expect(data).toMatchObject({
      mediaMimeType: OPUS,
      mediaSize: file.length,
      mediaDuration: 3,
      content: '',
    });
    expect(media).toMatchObject({ voice: true, mimetype: OPUS, seconds: 3 });
    expect(media?.waveform).toHaveLength(64);
    expect(Math.max(...(media?.waveform ?? []))).toBe(100);
    expect((await fileTypeFromBuffer(file))?.mime).toBe(OPUS);
    expect(file.readUInt8(file.indexOf('OpusHead') + 9)).toBe(1); // channels
  });

  test.each<[string, string, boolean]>(
    runnable([
      ['tone.mp3', 'audio/mpeg', true],
      ['tone.m4a', 'audio/mp4', true],
      ['tone.mp4', 'audio/mp4', true],
      ['tone.aac', 'audio/aac', true],
      ['tone.vorbis.ogg', 'audio/ogg', true],
      ['tone.opus.ogg', OPUS, true],
      ['tone.wav', 'audio/mp4', false],
      ['tone.flac', 'audio/mp4', false],
      ['tone.webm', 'audio/mp4', false],
    ]),
  )('%s goes out as plain %s', async (name, mime, asItIs) => {
    const { data, media } = await sent({ mediaType: 'audio', isVoice: false, mediaUrl: url(name) });
    expect(data.mediaMimeType).toBe(mime);
    expect(data).not.toHaveProperty('mediaDuration');
    expect(media).toMatchObject({ voice: false, mimetype: mime, seconds: 3 });
    expect(media?.sha256 === sha256(files[name] as Buffer)).toBe(asItIs);
    expect(media).not.toHaveProperty('waveform');
  });

  test('pictures and films carry size and a small JPEG, films their length too', async () => {
    for (const [mediaType, name, size] of runnable<[string, string, object]>([
      ['image', 'picture.png', { width: 300, height: 200 }],
      ['video', 'film.mp4', { width: 320, height: 240, seconds: 2 }],
    ])) {
      const { media } = await sent({ mediaType, mediaUrl: url(name) });
      expect(media).toMatchObject(size);
      const thumbnail = await sharp(Buffer.from(media?.thumbnail ?? '', 'base64')).metadata();
      expect(thumbnail).toMatchObject({ format: 'jpeg', width: 72 });
    }
  });

  testWithFfmpeg('a caption goes with all but audio, and mentions in it are addressed', async () => {
    for (const [mediaType, name] of [
      ['image', 'picture.png'],
      ['video', 'film.mp4'],
      ['document', 'paper.pdf'],
    ]) {
      const { data, shown } = await sent({ mediaType, mediaUrl: url(name ?? ''), message: 'look at this' });
      expect([data.content, shown.text]).toEqual(['look at this', 'look at this']);
    }
    const { data, shown } = await sent({ mediaType: 'audio', mediaUrl: url('tone.opus.ogg'), message: 'no' });
    expect(data.content).toBe('');
    expect(shown.text).toBeUndefined();
  });

  test('an empty or blank field counts as none', async () => {
    const blank = { mediaUrl: ' ', duration: '', waveform: '', isVoice: '' };
    const { data } = await sent({ mediaType: 'document', ...blank, mediaBase64: 'eA==' });
    expect(data).toMatchObject({ messageType: 'document', mediaSize: 1 });
  });

  testWithFfmpeg('given duration, waveform and type go before what is computed', async () => {
    const voice = { mediaType: 'audio', mediaUrl: url('tone.opus.ogg') };
    const given = await sent({ ...voice, duration: 9, waveform: [0, 50, 100] });
    expect(given.data.mediaDuration).toBe(9);
    expect(given.media).toMatchObject({ seconds: 9, waveform: [0, 50, 100] });
    const encoded = await sent({ ...voice, waveform: Buffer.from([7, 8]).toString('base64') });
    expect(encoded.media?.waveform).toEqual([7, 8]);
    const typed = await sent({
      mediaType: 'document',
      mediaUrl: url('note.txt'),
      mimeType: 'text/x-special',
    });
    expect(typed.media?.mimetype).toBe('text/x-special');
  });

  test('a document is named by the client, else by its URL, else it is a file', async () => {
    const document = { mediaType: 'document' };
    expect((await sent({ ...document, mediaUrl: url('paper.pdf') })).media?.fileName).toBe('paper.pdf');
    const named = await sent({ ...document, mediaUrl: url('paper.pdf'), fileName: 'Bill.pdf' });
    expect(named.media?.fileName).toBe('Bill.pdf');
    const unnamed = await sent({ ...document, mediaBase64: base64('paper.pdf') });
    expect(unnamed.media?.fileName).toBe('file');
  });

  test('a file that its bytes do not identify is typed by the answer, then by the name, else it is bytes', async () => {
    const document = { mediaType: 'document' };
    const typed = await sent({ ...document, mediaUrl: `${server.url}/typed` });
    expect(typed.media?.mimetype).toBe('text/x-log');
    const plain = Buffer.from('a,b').toString('base64');
    expect((await sent({ ...document, mediaBase64: plain, fileName: 'x.csv' })).media?.mimetype).toBe(
      'text/csv',
    );
    const unknown = await sent({ ...document, mediaBase64: plain });
    expect(unknown.media?.mimetype).toBe('application/octet-stream');
  });

  test('up to three redirects are followed', async () => {
    const { media } = await sent({ mediaType: 'document', mediaUrl: `${server.url}/twice` });
    expect(media?.sha256).toBe(sha256(files['paper.pdf'] as Buffer));
  });

  test('base64 may be URL-safe, unpadded and broken into lines', async () => {
    const bytes = Buffer.from([0xfb, 0xff, 0xfe, 0x3f, 0xff]);
    for (const text of ['+//+P/8=', '-__-P_8', ' +//+\r\nP/8 ']) {
      expect((await sent({ mediaType: 'document', mediaBase64: text })).file).toEqual(bytes);
    }
  });

  const document = { mediaType: 'document' };
  const image = { mediaType: 'image' };
  const audio = { mediaType: 'audio', mediaUrl: 'URL/files/tone.opus.ogg' };
  const NOT_WAVEFORM = 'Waveform must be an array of 1 to 1024 integers between 0 and 255';
  test.each<[string, object, number?]>(
    runnable([
      ['MediaType is required', { mediaUrl: 'https://example.com' }],
      ['MediaType must be one of: image, video, document, audio', { mediaType: 'Image', mediaUrl: 'x' }],
      ['Exactly one of mediaUrl or mediaBase64 is required', document],
      [
        'Exactly one of mediaUrl or mediaBase64 is required',
        { ...document, mediaUrl: ' ', mediaBase64: '\n' },
      ],
      ['Invalid request body: waveform must be an array', { ...audio, waveform: {} }],
      [
        'Exactly one of mediaUrl or mediaBase64 is required',
        { ...document, mediaUrl: 'eA==', mediaBase64: 'eA==' },
      ],
      ['MediaUrl must be an http(s) URL or base64 data', { ...document, mediaUrl: 'ftp://example.com/a' }],
      ['MediaUrl must be an http(s) URL or base64 data', { ...document, mediaUrl: 'file:///etc/passwd' }],
      ['MediaUrl must be an http(s) URL or base64 data', { ...document, mediaUrl: 'http://' }],
      [
        'MediaUrl must be at most 8192 characters',
        { ...document, mediaUrl: `http://a/${'x'.repeat(8_192)}` },
      ],
      ['Invalid base64 data', { ...document, mediaUrl: 'what is this?' }],
      ['Invalid base64 data', { ...document, mediaBase64: 'https://example.com' }],
      ['Invalid base64 data', { ...document, mediaBase64: 'abcde' }],
      ['Invalid base64 data', { ...document, mediaBase64: 'ab==cd' }],
      ['Invalid base64 data', { ...document, mediaBase64: 'data:text/plain,hello' }],
      ['Invalid base64 data', { ...document, mediaBase64: 'data:text/plain;base64,' }],
      ['Invalid mimeType: pdf', { ...document, mediaBase64: 'eA==', mimeType: 'pdf' }],
      ['MediaUrl address is not allowed', { ...document, mediaUrl: 'http://10.0.0.1/a' }],
      ['MediaUrl address is not allowed', { ...document, mediaUrl: 'http://[::1]/a' }],
      ['MediaUrl address is not allowed', { ...document, mediaUrl: 'URL/inside' }],
      ['MediaUrl address is not allowed', { ...document, mediaUrl: 'URL/metadata' }],
      ['Failed to download media: HTTP 404', { ...document, mediaUrl: 'URL/none' }],
      ['Failed to download media: HTTP 503', { ...document, mediaUrl: 'URL/broken' }],
      ['Failed to download media: too many redirects', { ...document, mediaUrl: 'URL/loop' }],
      ['Failed to download media: empty response', { ...document, mediaUrl: 'URL/empty' }],
      ['Failed to download media: connection failed', { ...document, mediaUrl: 'URL/cut' }],
      ['Failed to download media: connection failed', { ...document, mediaUrl: 'http://127.0.0.1:1/' }],
      ['Failed to download media: host not found', { ...document, mediaUrl: 'http://nowhere.invalid/' }],
      ['Failed to download media: TLS error', { ...document, mediaUrl: 'https://MEDIA/' }],
      [
        'Failed to download media: credentials in URL are not allowed',
        { ...document, mediaUrl: 'http://a:b@example.com/' },
      ],
      ['Media too large: limit is 100 MB', { ...document, mediaUrl: 'URL/huge' }, 413],
      ['Media too large: limit is 16 MB', { ...image, mediaUrl: 'URL/endless' }, 413],
      ['Media too large: limit is 64 MB', { mediaType: 'video', mediaUrl: 'URL/endless' }, 413],
      ['Media too large: limit is 16 MB', { mediaType: 'audio', mediaBase64: 'A'.repeat(22_369_624) }, 413],
      [
        'Media type mismatch: expected image, got application/pdf',
        { ...image, mediaUrl: 'URL/files/paper.pdf' },
      ],
      [
        'Media type mismatch: expected video, got image/png',
        { mediaType: 'video', mediaUrl: 'URL/files/picture.png' },
      ],
      ['Media type mismatch: expected audio, got image/gif', { ...audio, mediaUrl: 'URL/files/moving.gif' }],
      [
        'Media type mismatch: expected image, got video/mp4',
        { ...image, mediaUrl: 'URL/files/film.mp4', mimeType: 'image/png' },
      ],
      ['Unsupported media: video/webm', { mediaType: 'video', mediaUrl: 'URL/files/film.webm' }],
      ['Unsupported media: video/quicktime', { mediaType: 'video', mediaUrl: 'URL/files/film.mov' }],
      ['Unsupported media: text/plain', { mediaType: 'video', mediaUrl: 'URL/files/note.txt' }],
      ['Failed to convert media: the image cannot be decoded', { ...image, mediaUrl: 'URL/files/note.txt' }],
      [
        'Failed to convert media: the image cannot be decoded',
        { ...image, mediaUrl: 'URL/files/damaged.png' },
      ],
      ['Duration must be between 0 and 86400 seconds', { ...audio, duration: 86_401 }],
      ['Invalid request body: duration must be an integer', { ...audio, duration: 1.5 }],
      [NOT_WAVEFORM, { ...audio, waveform: [] }],
      [NOT_WAVEFORM, { ...audio, waveform: [256] }],
      [NOT_WAVEFORM, { ...audio, waveform: ['a'] }],
      [NOT_WAVEFORM, { ...audio, waveform: Array(1_025).fill(1) }],
      [
        'Unsupported recipient: status@broadcast',
        { ...document, number: 'status@broadcast', mediaBase64: 'eA==' },
      ],
    ]),
  )('%s', async (message, body, status = 400) => {
    const answer = await send(JSON.parse(JSON.stringify(body).replace('MEDIA', sender().mediaHost)));
    expect([answer.status, answer.body]).toEqual([status, { success: false, error: { message } }]);
  });

  test.each(hasFfmpeg ? ['note.txt', 'playlist.m3u8'] : [])('%s is no sound', async (name) => {
    const answer = await send({ mediaType: 'audio', mediaUrl: `URL/files/${name}` });
    const message = 'Failed to convert media: the file cannot be decoded';
    expect([answer.status, answer.body]).toEqual([400, { success: false, error: { message } }]);
  });

  test('a channel gets the file as it is, and a group an encrypted one', async () => {
    const { control, instance, ana, send: post } = sender();
    const channel = await Newsletter.make(control, instance.phone.number, 'News');
    await channel.follow(ana.number);
    const group = await Group.make(control, ana.number, 'Friends', [instance.phone.number]);
    for (const number of [channel.jid, group.jid]) {
      const { body } = await post(PATH, { number, mediaType: 'image', mediaUrl: 'URL/files/picture.png' });
      expect(body).toMatchObject({ success: true });
      const shown = await ana.sees(body.data.messageId);
      const sum = sha256(files['picture.png'] as Buffer);
      expect(shown).toMatchObject({ chat: number, kind: 'image', media: { sha256: sum } });
    }
  });

  test('a client that goes away in the middle of its file leaves nothing behind', async () => {
    const { baseUrl, temporary, instance } = sender();
    const request = httpRequest(`${baseUrl}${PATH.replace(':instance', instance.name)}`, {
      method: 'POST',
      headers: { token: instance.token, 'content-type': 'application/json' },
    });
    request.on('error', () => {});
    request.write(`{"mediaBase64":"${'A'.repeat(500_000)}`);
    await expect.poll(() => readdir(temporary)).toHaveLength(1);
    request.destroy();
    await expect.poll(() => readdir(temporary)).toEqual([]);
  });

  testWithFfmpeg('without ffmpeg only what needs a conversion is refused', async () => {
    const { PATH: path } = process.env;
    process.env.PATH = '/nowhere';
    try {
      const refused = await send({ mediaType: 'audio', mediaUrl: 'URL/files/tone.mp3' });
      const text = 'Audio conversion is not available on this server';
      expect([refused.status, refused.body.error.message]).toEqual([501, text]);
      const { data, media } = await sent({ mediaType: 'audio', mediaUrl: 'URL/files/tone.opus.ogg' });
      expect(data).not.toHaveProperty('mediaDuration');
      expect(media).toMatchObject({ voice: true, mimetype: OPUS });
      await sent({ mediaType: 'audio', isVoice: false, mediaUrl: 'URL/files/tone.mp3' });
      await sent({ mediaType: 'video', mediaUrl: 'URL/files/film.mp4' });
      await sent({ mediaType: 'image', mediaUrl: 'URL/files/picture.webp' });
    } finally {
      process.env.PATH = path;
    }
  });

  test('a host that takes no files is answered as an error, and the next send works', async () => {
    const refuse = (status?: number) =>
      fetch(`${sender().control}/media/uploads`, { method: 'POST', body: JSON.stringify({ status }) });
    await refuse(503);
    const answer = await send({ mediaType: 'document', mediaBase64: 'eA==' });
    await refuse();
    expect([answer.status, answer.body.error.message]).toEqual([500, 'Failed to upload media: HTTP 503']);
    await sent({ mediaType: 'document', mediaBase64: 'eA==' });
  });
});
