import { Newsletter, type Phone } from '@ryze/whatsapp-sandbox/client';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../../../storage/testing/databases.ts';
import { type LinkedInstance, linkedGateway } from '../../../testing/linked-gateway.ts';
import { startWhatsApp } from '../../../testing/whatsapp.ts';
import { button } from './testing/sent/button.ts';
import { carousel } from './testing/sent/carousel.ts';
import { contact } from './testing/sent/contact.ts';
import { form } from './testing/sent/form.ts';
import { list } from './testing/sent/list.ts';
import { location } from './testing/sent/location.ts';
import { pix } from './testing/sent/pix.ts';
import { poll } from './testing/sent/poll.ts';
import type { SentCase } from './testing/sent/table.ts';
import { text } from './testing/sent/text.ts';

const [sqlite] = databases;
const whatsApp = await startWhatsApp();

/** The first variation of each kind whose body is the same for everybody. */
const kinds = [text, location, contact, poll, carousel, button, list, form, pix].map(({ path, cases }) => {
  const plain = cases.find((row) => typeof row.body === 'object' && row.to !== 'group') as SentCase;
  return { path, body: plain.body as object, shows: plain.shows };
});

describe('what is posted in a channel is what its followers see', () => {
  let sales: LinkedInstance;
  let channel: Newsletter;
  let reader: Phone;

  beforeAll(async () => {
    const gateway = await linkedGateway(await sqlite!.open(), whatsApp);
    sales = await gateway.link(await whatsApp.newPhone('Sales'));
    reader = await whatsApp.newPhone('Reader');
    channel = await Newsletter.make(whatsApp.control, sales.phone.number, 'News');
    await channel.follow(reader.number);
  });

  async function posted(path: string, fields: object) {
    // Neither quotes nor mentions exist in a channel.
    const body = { number: channel.jid, ...fields, replyTo: 'nothing', mention: ['5511999999999'] };
    const answer = await sales.call('POST', path, body);
    expect(answer.body).toMatchObject({
      success: true,
      data: { chat: { jid: channel.jid, type: 'newsletter' } },
    });
    expect(answer.body.data).not.toHaveProperty('replyTo');
    return reader.sees(answer.body.data.messageId);
  }

  test.each(kinds)('POST $path', async ({ path, body, shows }) => {
    const shown = await posted(path, body);
    const { kind } = shows as { kind: string };
    expect(shown).toMatchObject({ chat: channel.jid, kind });
    expect(shown.quoted).toBeUndefined();
  });

  test('a picture, in the clear', async () => {
    const drawn = sharp({ create: { width: 40, height: 30, channels: 3, background: 'teal' } });
    const mediaBase64 = (await drawn.jpeg().toBuffer()).toString('base64');
    const shown = await posted('/api/message/media/:instance', {
      mediaType: 'image',
      mediaBase64,
      caption: 'Look',
    });
    expect(shown).toMatchObject({ chat: channel.jid, kind: 'image', media: { kind: 'image' } });
    expect(shown.media).not.toHaveProperty('error');
  });
});
