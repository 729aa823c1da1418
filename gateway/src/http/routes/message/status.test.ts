import { describe, expect, test } from 'vitest';
import { runnable } from '../../../testing/media-files.ts';
import { mediaSender, sha256 } from '../../../testing/media-sender.ts';

const PATH = '/api/message/status/:instance';
const OPUS = 'audio/ogg; codecs=opus';
const sender = await mediaSender();

/** Publishes, and gives the answer's data with what the account's own phone shows. */
async function published(body: object, path = PATH) {
  const { send, instance } = sender();
  const { body: answer } = await send(path, body);
  expect(answer).toMatchObject({ success: true, status: 'sent' });
  const { data } = answer;
  return { message: answer.message, data, shown: await instance.phone.sees(data.messageId) };
}

describe('POST /api/message/status/:instance', () => {
  test.each(
    runnable([
      ['image', 'picture.png', 'image/png', 'New collection'],
      ['video', 'film.mp4', 'video/mp4', 'New collection'],
      ['audio', 'tone.opus.ogg', OPUS, ''],
    ]),
  )('%s is published with its file', async (type, name, mime, content) => {
    const { files, base64 } = sender();
    for (const source of [{ mediaUrl: `URL/files/${name}` }, { mediaBase64: base64(name) }]) {
      const { message, data, shown } = await published({ type, message: 'New collection', ...source });
      expect(message).toBe('Status published successfully');
      expect(data).toMatchObject({
        messageType: type,
        content,
        mediaMimeType: mime,
        chat: { jid: 'status@broadcast', name: '', type: 'status' },
      });
      expect(data.mediaDuration).toBe(type === 'audio' ? 3 : undefined);
      expect(shown).toMatchObject({
        chat: 'status@broadcast',
        media: { sha256: sha256(files[name] as Buffer) },
      });
    }
  });

  test('a text is published with its looks', async () => {
    const { data, shown } = await published({
      type: 'text',
      message: 'Open until 8',
      mediaUrl: 'ignored',
      duration: -1,
      waveform: 'ignored',
      backgroundColor: '00AAFF',
      font: 'serif',
    });
    expect(data).toMatchObject({ messageType: 'text', content: 'Open until 8' });
    expect(shown).toMatchObject({ chat: 'status@broadcast', text: 'Open until 8' });
  });

  test.each<[string, object, number?]>(
    runnable([
      ['Type is required', { message: 'x' }],
      ['Type must be one of: text, image, video, audio', { type: 'document', mediaBase64: 'eA==' }],
      ['Message is required', { type: 'text' }],
      [
        'BackgroundColor must be a hex color like #FF0000',
        { type: 'text', message: 'x', backgroundColor: 'red' },
      ],
      ['Exactly one of mediaUrl or mediaBase64 is required', { type: 'image' }],
      ['MediaUrl address is not allowed', { type: 'image', mediaUrl: 'http://10.0.0.1/' }],
      ['Unsupported media: video/webm', { type: 'video', mediaUrl: 'URL/files/film.webm' }],
      ['Duration must be between 0 and 86400 seconds', { type: 'audio', mediaBase64: 'eA==', duration: -1 }],
      ['Media too large: limit is 16 MB', { type: 'image', mediaBase64: 'A'.repeat(22_369_624) }, 413],
    ]),
  )('%s', async (message, body, status = 400) => {
    expect(await sender().refusal(PATH, body)).toEqual([status, message]);
  });
});

describe('POST /api/message/media/:instance', () => {
  test('status@broadcast publishes a status', async () => {
    const body = { number: 'status@broadcast', mediaType: 'image', mediaUrl: 'URL/files/picture.png' };
    const { message, data, shown } = await published(body, '/api/message/media/:instance');
    expect(message).toBe('Media sent successfully');
    expect(data.chat).toEqual({ jid: 'status@broadcast', name: '', type: 'status' });
    expect(shown).toMatchObject({ chat: 'status@broadcast', kind: 'image' });
  });
});
