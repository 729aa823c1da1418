import { describe, expect, test } from 'vitest';
import type { proto } from '../proto.ts';
import { readWire } from './testing/read-wire.ts';

const file = { url: 'https://mmg.whatsapp.net/v/1.enc', mimetype: 'x/y', fileLength: 81_234 };
const noMedia = {
  mimeType: 'x/y',
  mimetype: 'x/y',
  url: file.url,
  s3Url: null,
  base64: null,
  fileName: null,
  caption: null,
  size: 81_234,
  duration: null,
  width: null,
  height: null,
  isVoiceNote: false,
  isAnimated: false,
  isViewOnce: false,
  error: null,
};

describe('media', () => {
  test.each<[string, proto.IMessage, string, string, object]>([
    [
      'an image',
      { imageMessage: { ...file, caption: 'Look', width: 1280, height: 960 } },
      'image',
      'Look',
      { type: 'image', caption: 'Look', width: 1280, height: 960 },
    ],
    ['a video', { videoMessage: { ...file, seconds: 14 } }, 'video', '', { type: 'video', duration: 14 }],
    [
      'a GIF',
      { videoMessage: { ...file, gifPlayback: true } },
      'video',
      '',
      { type: 'video', isAnimated: true },
    ],
    ['a video note', { ptvMessage: { ...file, seconds: 3 } }, 'video', '', { type: 'ptv', duration: 3 }],
    ['audio', { audioMessage: { ...file, seconds: 96 } }, 'audio', '', { type: 'audio', duration: 96 }],
    [
      'a voice note',
      { audioMessage: { ...file, ptt: true, seconds: 12 } },
      'audio',
      '',
      { type: 'ptt', isVoiceNote: true, duration: 12 },
    ],
    [
      'a document',
      { documentMessage: { ...file, fileName: 'a.pdf', title: 'A' } },
      'document',
      '',
      { type: 'document', fileName: 'a.pdf' },
    ],
    [
      'a document with a caption',
      { documentWithCaptionMessage: { message: { documentMessage: { ...file, title: 'a', caption: 'C' } } } },
      'document',
      'C',
      { type: 'document', fileName: 'a', caption: 'C' },
    ],
    [
      'a sticker',
      { stickerMessage: { ...file, width: 512, height: 512 } },
      'sticker',
      '',
      { type: 'sticker', width: 512, height: 512 },
    ],
    [
      'an animated sticker',
      { lottieStickerMessage: { message: { stickerMessage: { ...file, isLottie: true } } } },
      'sticker',
      '',
      { type: 'sticker', isAnimated: true },
    ],
    [
      'an image to be seen once',
      { viewOnceMessageV2: { message: { imageMessage: file } } },
      'image',
      '',
      { type: 'image', isViewOnce: true },
    ],
    [
      'a voice note to be played once',
      { viewOnceMessageV2Extension: { message: { audioMessage: { ...file, ptt: true } } } },
      'audio',
      '',
      { type: 'ptt', isVoiceNote: true, isViewOnce: true },
    ],
    [
      'media that says itself that it is to be seen once',
      { videoMessage: { ...file, viewOnce: true } },
      'video',
      '',
      { type: 'video', isViewOnce: true },
    ],
    [
      'a file of which only the path is known',
      { imageMessage: { ...file, url: null, directPath: '/v/2.enc' } },
      'image',
      '',
      { type: 'image', url: 'https://mmg.whatsapp.net/v/2.enc' },
    ],
  ])('%s', (_, message, type, content, media) => {
    expect(readWire(message)).toMatchObject({ type, content, media: { ...noMedia, ...media } });
  });
});

describe('location', () => {
  const at = { degreesLatitude: -23.5614, degreesLongitude: -46.6558 };
  test.each<[proto.Message.ILocationMessage, string]>([
    [
      { ...at, name: 'Blue Store', address: 'Av. Paulista, 1000' },
      '📍 Blue Store\nAv. Paulista, 1000\nLat: -23.5614, Long: -46.6558',
    ],
    [{ ...at, name: 'Blue Store' }, '📍 Blue Store\nLat: -23.5614, Long: -46.6558'],
    [{ ...at, address: 'Av. Paulista' }, '📍 Av. Paulista\nLat: -23.5614, Long: -46.6558'],
    [at, '📍\nLat: -23.5614, Long: -46.6558'],
    [{ degreesLatitude: Number.NaN, degreesLongitude: Number.POSITIVE_INFINITY }, '📍'],
  ])('%j reads %j', (locationMessage, content) => {
    expect(readWire({ locationMessage })).toMatchObject({ type: 'location', content });
  });

  test('one that moves is live', () => {
    expect(readWire({ liveLocationMessage: at })?.location).toEqual({
      latitude: -23.5614,
      longitude: -46.6558,
      name: null,
      address: null,
      url: null,
      isLive: true,
    });
  });
});

describe('the telephone number of a contact', () => {
  test.each<[string, string | null]>([
    ['TEL;type=CELL;waid=5511666666666:+55 11 66666-6666', '5511666666666'],
    ['TEL:+1 234\nTEL;waid=5511666666666:+55', '5511666666666'],
    ['TEL;TYPE=HOME:+55 (11) 5555-5555\nTEL:1', '551155555555'],
    ['item1.TEL;waid=491:x', '491'],
    ['NOTE:TEL:123', null],
    ['', null],
  ])('of %j is %s', (vcard, phone_number) => {
    const contactMessage = { displayName: 'Maria', vcard };
    expect(readWire({ contactMessage })).toMatchObject({
      content: 'Maria',
      contacts: [{ phone_number, vcard }],
    });
  });
});

test('a calendar event has every key, unset ones null', () => {
  const eventMessage = { name: 'Planning', startTime: 1_777_372_200, isCanceled: false };
  expect(readWire({ eventMessage })?.event).toEqual({
    name: 'Planning',
    description: null,
    startAt: '2026-04-28T10:30:00Z',
    endAt: null,
    location: null,
    joinLink: null,
    isScheduleCall: null,
    hasReminder: null,
    reminderOffsetSec: null,
    extraGuestsAllowed: null,
    isCanceled: false,
  });
});
