import type { Phone } from '@ryze/whatsapp-sandbox/client';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { databases, type TestDatabase } from '../../../storage/testing/databases.ts';
import { type LinkedInstance, linkedGateway } from '../../../testing/linked-gateway.ts';
import { fileServer } from '../../../testing/media-files.ts';
import { startWhatsApp } from '../../../testing/whatsapp.ts';

const [{ open }] = databases as [TestDatabase];
const whatsApp = await startWhatsApp();
const PATH = '/api/message/text/:instance';

describe('POST /api/message/text/:instance', () => {
  let instance: LinkedInstance;
  let ana: Phone;
  let web: Awaited<ReturnType<typeof fileServer>>;

  beforeAll(async () => {
    const picture = sharp({ create: { width: 40, height: 20, channels: 3, background: '#3366cc' } });
    const page = '<title>Blue Store</title><meta name="description" content="Shoes">';
    web = await fileServer(
      { 'picture.png': await picture.png().toBuffer() },
      {
        '/': (response) => {
          response.setHeader('content-type', 'text/html');
          response.end(`${page}<meta property="og:image" content="/files/picture.png">`);
        },
      },
    );
    instance = await (await linkedGateway(await open(), whatsApp)).link(
      await whatsApp.newPhone('Blue Store'),
    );
    ana = await whatsApp.newPhone('Ana');
  });

  async function shown(message: string, fields: object = {}) {
    const { body } = await instance.call('POST', PATH, { number: ana.number, message, ...fields });
    expect(body.data.content).toBe(message);
    return ana.sees(body.data.messageId);
  }

  test('the first link is shown with title, description and picture', async () => {
    const text = `see ${web.url}/, not http://127.0.0.1:9/`;
    expect(await shown(text)).toMatchObject({
      text,
      preview: { url: `${web.url}/`, title: 'Blue Store', description: 'Shoes', thumbnail: true },
    });
  });

  test('nothing is fetched that is not wanted', async () => {
    const before = web.requests.length;
    expect(await shown(`see ${web.url}/`, { linkPreview: false })).not.toHaveProperty('preview');
    expect(await shown('no link', { linkPreview: true })).not.toHaveProperty('preview');
    expect(web.requests).toHaveLength(before);
  });

  test('a link that leads nowhere, or inside, is sent as it is', async () => {
    expect(await shown(`see ${web.url}/none`)).not.toHaveProperty('preview');
    expect(await shown('see http://169.254.169.254/latest', { linkPreview: true })).not.toHaveProperty(
      'preview',
    );
  });
});
