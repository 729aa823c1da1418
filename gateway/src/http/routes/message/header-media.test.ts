import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Phone } from '@ryze/whatsapp-sandbox/client';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { databases, type TestDatabase } from '../../../storage/testing/databases.ts';
import { type LinkedInstance, linkedGateway } from '../../../testing/linked-gateway.ts';
import { fileServer, mediaFiles, runnable, testWithFfmpeg } from '../../../testing/media-files.ts';
import { startWhatsApp } from '../../../testing/whatsapp.ts';

const [{ open }] = databases as [TestDatabase];
const whatsApp = await startWhatsApp();
const buttons = [{ id: 'a', displayText: 'A' }];

let files: Record<string, Buffer>;
let instance: LinkedInstance;
let ana: Phone;
let temporary: string;
let url: (name: string) => string;

beforeAll(async () => {
  files = await mediaFiles();
  const server = await fileServer(files);
  url = (name) => `${server.url}/files/${name}`;
  const storage = await open();
  temporary = join(storage.folder, 'temporary');
  instance = await (await linkedGateway(storage, whatsApp)).link(await whatsApp.newPhone('Blue Store'));
  ana = await whatsApp.newPhone('Ana');
});

/** Nothing that was made on the way may stay. */
afterEach(async () => {
  expect(await readdir(temporary)).toEqual([]);
});

const file = (name: string) => files[name] as Buffer;
const sha256 = (name: string) => createHash('sha256').update(file(name)).digest('hex');

const send = (kind: string, body: object) =>
  instance.call('POST', `/api/message/${kind}/:instance`, { number: ana.number, ...body });

async function shown(kind: string, body: object) {
  const { status, body: answer } = await send(kind, body);
  expect([status, answer.error]).toEqual([200, undefined]);
  return ana.sees(answer.data.messageId);
}

describe('POST /api/message/button/:instance', () => {
  test.each(
    runnable([
      ['IMAGE', 'image', 'picture.png', () => url('picture.png')],
      ['IMAGE', 'image', 'picture.jpeg', () => file('picture.jpeg').toString('base64')],
      ['VIDEO', 'video', 'film.mp4', () => url('film.mp4')],
      [
        'DOCUMENT',
        'document',
        'paper.pdf',
        () => `data:application/pdf;base64,${file('paper.pdf').toString('base64')}`,
      ],
    ]),
  )('a header of type %s is a file, in place of the text', async (mediaType, kind, name, mediaUrl) => {
    const body = { contentText: 'Sure?', headerText: 'ignored', buttons, mediaUrl: mediaUrl(), mediaType };
    const { interactive, attachments } = await shown('button', body);
    expect(interactive).toMatchObject({ body: 'Sure?', file: kind, buttons: [{ flow: 'quick_reply' }] });
    expect(interactive).not.toHaveProperty('title');
    expect(attachments).toMatchObject([{ kind, sha256: sha256(name) }]);
  });
});

describe('POST /api/message/carousel/:instance', () => {
  const card = (header: object) => ({ header: { title: 'T', ...header }, body: { text: 'x' }, buttons });

  testWithFfmpeg('cards have pictures, films, or neither', async () => {
    const cards = [
      card({ imageUrl: url('picture.png') }),
      card({ subtitle: 'S' }),
      card({ videoUrl: file('film.mp4').toString('base64') }),
    ];
    const { interactive, attachments } = await shown('carousel', { cards });
    expect(interactive?.cards).toMatchObject([
      { title: 'T', file: 'image' },
      { title: 'T', subtitle: 'S' },
      { title: 'T', file: 'video' },
    ]);
    expect(attachments).toMatchObject([
      { kind: 'image', sha256: sha256('picture.png') },
      { kind: 'video', sha256: sha256('film.mp4') },
    ]);
  });

  test.each<[string, () => object, number, string]>([
    [
      'another family',
      () => ({ imageUrl: url('paper.pdf') }),
      400,
      'Media type mismatch: expected image, got application/pdf',
    ],
    [
      'an address inside',
      () => ({ imageUrl: 'http://10.0.0.1/x' }),
      400,
      'cards[1].header.imageUrl address is not allowed',
    ],
    ['no base64', () => ({ videoUrl: '???' }), 400, 'Invalid base64 data'],
    ['nothing there', () => ({ videoUrl: url('none') }), 400, 'Failed to download media: HTTP 404'],
    [
      'too much of it',
      () => ({ imageUrl: Buffer.alloc(16 * 1_048_576 + 1).toString('base64') }),
      413,
      'Media too large: limit is 16 MB',
    ],
  ])('%s is refused, and the files of the other cards are gone', async (_, header, status, message) => {
    const cards = [card({ imageUrl: url('picture.png') }), card(header())];
    const answer = await send('carousel', { cards });
    expect([answer.status, answer.body.error.message]).toEqual([status, message]);
  });
});
