import { Newsletter } from '@ryze/whatsapp-sandbox/client';
import { QueryIds } from 'baileys';
import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../../../storage/testing/databases.ts';
import { type LinkedGateway, type LinkedInstance, linkedGateway } from '../../../testing/linked-gateway.ts';
import { startWhatsApp } from '../../../testing/whatsapp.ts';
import { MAX_PICTURE_BYTES } from '../../../whatsapp/media/outgoing/picture.ts';

const [sqlite] = databases;
const whatsApp = await startWhatsApp();
const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';

const CREATE = '/api/newsletter/create/:instance';
const LIST = '/api/newsletter/list/:instance';
const INFO = '/api/newsletter/info/:instance';
const JOIN = '/api/newsletter/join/:instance';
const LEAVE = '/api/newsletter/leave/:instance';

let gateway: LinkedGateway;
let sales: LinkedInstance;
let offline: { call(method: string, path: string, body?: unknown): Promise<Outcome> };

type Outcome = { status: number; error?: string; body: Record<string, unknown> };

beforeAll(async () => {
  gateway = await linkedGateway(await sqlite!.open(), whatsApp);
  sales = await gateway.link(await whatsApp.newPhone('Sales'));
  const token = await gateway.account();
  await gateway.call('POST', '/api/instance/new', token, { name: 'unlinked' });
  offline = {
    call: (method, path, body) => ask(gateway, method, path.replace(':instance', 'unlinked'), token, body),
  };
});

async function ask({ call }: LinkedGateway, method: string, path: string, token: string, body?: unknown) {
  const { status, body: answer } = await call(method, path, token, body);
  return { status, body: answer, error: answer.error?.message };
}

const asked = (method: string, path: string, body?: unknown) =>
  ask(gateway, method, path.replace(':instance', sales.name), sales.token, body);

const named = (path: string, identifier: string) => `${path}?${new URLSearchParams({ identifier })}`;

async function channelOf(fields: object = {}) {
  const owner = await whatsApp.newPhone('Owner');
  return { owner, channel: await Newsletter.make(whatsApp.control, owner.number, 'Product news', fields) };
}

const listed = async () => {
  const { channels } = (await asked('GET', LIST)).body as { channels: { jid: string }[] };
  return channels.map(({ jid }) => jid);
};

describe('POST /api/newsletter/create/:instance', () => {
  test('makes a channel that the account owns, with the terms accepted unseen', async () => {
    const { status, body } = await asked('POST', CREATE, {
      name: 'Product news',
      description: 'Releases',
      image: PNG,
    });
    const { channelJid } = body as { channelJid: string };
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        success: true,
        message: 'Newsletter created successfully',
        channelJid: expect.stringMatching(/^\d+@newsletter$/),
        channel: {
          jid: channelJid,
          state: 'active',
          name: 'Product news',
          description: 'Releases',
          inviteLink: expect.stringMatching(/^https:\/\/whatsapp\.com\/channel\/[\w-]+$/),
          subscriberCount: 0,
          pictureUrl: expect.stringMatching(/^https:\/\/pps\.whatsapp\.net\/v\//),
          role: 'owner',
        },
      },
    });
    expect(await listed()).toContain(channelJid);
  });

  test('is made without description and picture when only a name is given', async () => {
    const { body } = await asked('POST', CREATE, { name: 'Plain' });
    expect(body).not.toHaveProperty('imageError');
    expect(body.channel).toMatchObject({ name: 'Plain', description: '', role: 'owner' });
    expect(body.channel).not.toHaveProperty('pictureUrl');
  });

  test.each([
    {
      what: 'an address inside',
      image: 'https://10.0.0.1/x.jpg',
      imageError: 'Image address is not allowed',
    },
    {
      what: 'an address without a server',
      image: 'http://127.0.0.1:9/picture.jpg',
      imageError: 'Failed to download image: connection failed',
    },
    { what: 'nonsense', image: 'nonsense!', imageError: 'Image is not a valid image' },
    {
      what: 'a picture that is too large',
      image: Buffer.alloc(MAX_PICTURE_BYTES + 1).toString('base64'),
      imageError: 'Image must be at most 10 MB',
    },
  ])('$what as image does not stop it: $imageError', async ({ image, imageError }) => {
    const { status, body } = await asked('POST', CREATE, { name: 'Pictured', image });
    expect({ status, imageError: body.imageError }).toEqual({ status: 200, imageError });
  });

  test('a refusal made nothing: it is tried once more, with the terms accepted', async () => {
    await sales.phone.fault('query-error', { code: 406, query: 'w:mex', count: 1 });
    expect((await asked('POST', CREATE, { name: 'Tried again' })).status).toBe(200);
    const { channels } = (await asked('GET', LIST)).body as { channels: { name: string }[] };
    expect(channels.filter(({ name }) => name === 'Tried again')).toHaveLength(1);
  });

  test('trouble of the server is not tried again: the channel may be there', async () => {
    await sales.phone.fault('query-error', { code: 500, query: 'w:mex', count: 1 });
    expect(await asked('POST', CREATE, { name: 'Perhaps' })).toMatchObject({
      status: 500,
      error: 'failed to create newsletter: internal-server-error',
    });
  });

  test.each([
    [403, 'forbidden'],
    [429, 'rate-overlimit'],
  ])('a picture that WhatsApp refuses with %i does not stop it', async (code, reason) => {
    const query = `w:mex/query/${QueryIds.UPDATE_METADATA}`;
    await sales.phone.fault('query-error', { code, query, count: 1 });
    const { status, body } = await asked('POST', CREATE, { name: 'Unpictured', image: PNG });
    expect({ status, imageError: body.imageError }).toEqual({
      status: 200,
      imageError: `WhatsApp refused the image: ${reason}`,
    });
    expect(body.channel).not.toHaveProperty('pictureUrl');
  });

  test.each<[unknown, number, string]>([
    ['{', 400, 'Invalid request body: malformed JSON'],
    [{ name: 1 }, 400, 'Invalid request body: name must be a string'],
    [{}, 400, "The 'name' field is required"],
    [{ name: ' ' }, 400, "The 'name' field is required"],
    [{ name: null }, 400, "The 'name' field is required"],
    [{ name: 'x'.repeat(101) }, 400, 'name must be at most 100 characters'],
    [{ name: 'x', description: 'x'.repeat(2049) }, 400, 'description must be at most 2048 characters'],
  ])('%.60j is %i %s', async (body, status, error) => {
    expect(await offline.call('POST', CREATE, body)).toMatchObject({ status, error });
  });

  test('an instance that is not connected is 400, after the fields were checked', async () => {
    const body = { name: '😀'.repeat(100) };
    expect(await offline.call('POST', CREATE, body)).toMatchObject({
      status: 400,
      error: 'Instance is not connected to WhatsApp',
    });
  });

  test("WhatsApp's reason for creating none is answered", async () => {
    await sales.phone.fault('query-error', { code: 406, query: 'w:mex', count: 2 });
    expect(await asked('POST', CREATE, { name: 'None' })).toMatchObject({
      status: 500,
      error: expect.stringMatching(/^failed to create newsletter: /),
    });
  });
});

describe('GET /api/newsletter/list/:instance', () => {
  test('has the channels that are followed, by name, and each account has its own', async () => {
    const support = await gateway.link(await whatsApp.newPhone('Support'));
    const { channel: zebra } = await channelOf();
    await zebra.change({ name: 'Zebra' });
    const { channel: ant } = await channelOf();
    await ant.change({ name: 'Ant' });
    await zebra.follow(support.phone.number);
    await ant.follow(support.phone.number);
    await ant.follow(sales.phone.number);
    const { body } = await support.call('GET', LIST);
    expect(body).toEqual({
      success: true,
      message: '2 newsletters found',
      channels: [
        {
          jid: ant.jid,
          state: 'active',
          name: 'Ant',
          description: '',
          subscriberCount: 2,
          role: 'subscriber',
        },
        {
          jid: zebra.jid,
          state: 'active',
          name: 'Zebra',
          description: '',
          subscriberCount: 1,
          role: 'subscriber',
        },
      ],
      meta: { total: 2 },
    });
    expect(await listed()).not.toContain(zebra.jid);
  });

  test('falls back to what is known when WhatsApp no longer takes the query', async () => {
    const known = await listed();
    await sales.phone.fault('query-error', { code: 400, query: 'w:mex', count: 1 });
    expect(await listed()).toEqual(known);
  });

  test('an instance that is not connected is 400, a throttled one 429', async () => {
    expect(await offline.call('GET', LIST)).toMatchObject({
      status: 400,
      error: 'Instance is not connected to WhatsApp',
    });
    await sales.phone.fault('query-error', { code: 429, query: 'w:mex', count: 1 });
    expect(await asked('GET', LIST)).toMatchObject({
      status: 429,
      error: 'WhatsApp rate limit reached. Try again later.',
    });
  });

  test("WhatsApp's reason for listing none is answered", async () => {
    await sales.phone.fault('query-error', { code: 503, query: 'w:mex', count: 2 });
    expect(await asked('GET', LIST)).toMatchObject({
      status: 500,
      error: expect.stringMatching(/^failed to get newsletters: /),
    });
  });
});

describe('GET /api/newsletter/info/:instance', () => {
  test('reads a channel that is not followed, by any of its names', async () => {
    const { channel } = await channelOf({ description: 'Releases' });
    const digits = channel.jid.replace('@newsletter', '');
    const link = `whatsapp.com/channel/${channel.invite}`;
    const names = [
      channel.jid,
      ` ${channel.jid} `,
      digits,
      channel.invite,
      `https://${link}`,
      `www.${link}?x=1`,
      link,
    ];
    for (const name of names) {
      expect(await asked('GET', named(INFO, name))).toMatchObject({
        status: 200,
        body: {
          success: true,
          message: 'Newsletter info retrieved',
          channel: { jid: channel.jid, name: 'Product news', description: 'Releases', role: 'guest' },
        },
      });
    }
  });

  test('a link of digits is tried as a JID, then as a code; only who runs a channel sees its link', async () => {
    const { channel } = await channelOf({ invite: '120363422585881999' });
    const found = await asked('GET', named(INFO, 'https://whatsapp.com/channel/120363422585881999'));
    expect(found.body.channel).toMatchObject({ jid: channel.jid });
    expect(found.body.channel).not.toHaveProperty('inviteLink');
  });

  test.each(['SUSPENDED', 'GEOSUSPENDED'])('a channel that is %s is shown as such', async (state) => {
    const { channel } = await channelOf();
    await channel.change({ state });
    const { body } = await asked('GET', named(INFO, channel.jid));
    expect(body.channel).toMatchObject({ state: state.toLowerCase() });
  });

  test.each<[string, string]>([
    ['', "The 'identifier' query parameter is required (JID @newsletter or invite link/code)"],
    ['?identifier=%20', "The 'identifier' query parameter is required (JID @newsletter or invite link/code)"],
    ['?identifier=a', 'Invalid newsletter identifier (use JID @newsletter or invite link/code)'],
    [
      '?identifier=https://example.com/channel/0029VaAbCdEf',
      'Invalid newsletter identifier (use JID @newsletter or invite link/code)',
    ],
    [
      '?identifier=120363422585881117@g.us',
      'Invalid newsletter identifier (use JID @newsletter or invite link/code)',
    ],
    ['?identifier=0029VaAbCdEf', 'Instance is not connected to WhatsApp'],
  ])('%s is 400 %s', async (query, error) => {
    expect(await offline.call('GET', INFO + query)).toMatchObject({ status: 400, error });
  });

  test('a channel that is not there is 400, a question that fails 500', async () => {
    expect(await asked('GET', named(INFO, '120363000000000001@newsletter'))).toMatchObject({
      status: 400,
      error: 'newsletter not found or no metadata returned',
    });
    await sales.phone.fault('query-error', { code: 503, query: 'w:mex', count: 1 });
    expect(await asked('GET', named(INFO, '0029VaAbCdEf'))).toMatchObject({
      status: 500,
      error: expect.stringMatching(/^failed to get newsletter info: /),
    });
  });
});

describe('POST /api/newsletter/join/:instance', () => {
  test('follows, by code, and twice is once', async () => {
    const { owner, channel } = await channelOf();
    for (const identifier of [channel.invite, channel.jid]) {
      expect(await asked('POST', JOIN, { identifier })).toMatchObject({
        status: 200,
        body: { success: true, message: 'Successfully joined newsletter', channelJid: channel.jid },
      });
    }
    expect(await listed()).toContain(channel.jid);
    const { data } = await sales.exchange(await owner.send(channel.jid, 'Welcome'));
    expect(data.chat).toEqual({ jid: channel.jid, name: 'Product news', type: 'newsletter' });
  });

  test('a private channel is followed when its owner says so', async () => {
    const { channel } = await channelOf({ private: true });
    expect(await asked('POST', JOIN, { identifier: channel.jid })).toMatchObject({ status: 200 });
    expect(await listed()).not.toContain(channel.jid);
    await channel.approve(sales.phone.number);
    expect(await listed()).toContain(channel.jid);
  });

  test('a revoked code is not found, a suspended channel not followed', async () => {
    const { channel } = await channelOf();
    await channel.change({ revokeInvite: true });
    expect(await asked('POST', JOIN, { identifier: channel.invite })).toMatchObject({
      status: 400,
      error: 'newsletter not found',
    });
    await channel.change({ state: 'SUSPENDED' });
    expect(await asked('POST', JOIN, { identifier: channel.jid })).toMatchObject({
      status: 500,
      error: 'failed to follow newsletter: Forbidden',
    });
  });

  test.each<[unknown, string]>([
    ['{', 'Invalid request body: malformed JSON'],
    [{ identifier: 5 }, 'Invalid request body: identifier must be a string'],
    [{}, "The 'identifier' field is required (JID @newsletter or invite link/code)"],
    [{ identifier: 'a b' }, 'Invalid newsletter identifier (use JID @newsletter or invite link/code)'],
    [{ identifier: '0029VaAbCdEf' }, 'Instance is not connected to WhatsApp'],
  ])('%j is 400 %s', async (body, error) => {
    expect(await offline.call('POST', JOIN, body)).toMatchObject({ status: 400, error });
  });
});

describe('DELETE /api/newsletter/leave/:instance', () => {
  test('unfollows; a body is ignored', async () => {
    const { channel } = await channelOf();
    await channel.follow(sales.phone.number);
    expect(await asked('DELETE', named(LEAVE, channel.invite), { identifier: 'ignored' })).toMatchObject({
      status: 200,
      body: { success: true, message: 'Successfully left newsletter', channelJid: channel.jid },
    });
    expect(await listed()).not.toContain(channel.jid);
  });

  test('what is not followed, or not there, is not found', async () => {
    const { channel } = await channelOf();
    for (const name of [channel.jid, channel.invite, '0029VaAbCdEf', '120363000000000001@newsletter']) {
      expect(await asked('DELETE', named(LEAVE, name))).toMatchObject({
        status: 500,
        error: 'failed to leave newsletter: not found',
      });
    }
  });

  test.each<[string, string]>([
    ['', "The 'identifier' query parameter is required (JID @newsletter or invite link/code)"],
    ['?identifier=a', 'Invalid newsletter identifier (use JID @newsletter or invite link/code)'],
    ['?identifier=0029VaAbCdEf', 'Instance is not connected to WhatsApp'],
  ])('%s is 400 %s', async (query, error) => {
    expect(await offline.call('DELETE', LEAVE + query)).toMatchObject({ status: 400, error });
  });
});
