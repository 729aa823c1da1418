import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Phone } from '@ryze/whatsapp-sandbox/client';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases, type TestStorage } from '../../../storage/testing/databases.ts';
import { type LinkedGateway, type LinkedInstance, linkedGateway } from '../../../testing/linked-gateway.ts';
import { newNumber, startWhatsApp } from '../../../testing/whatsapp.ts';
import { MAX_PICTURE_BYTES } from '../../../whatsapp/media/outgoing/picture.ts';

const [sqlite] = databases;
const whatsApp = await startWhatsApp();
const png = await sharp({ create: { width: 9, height: 5, channels: 3, background: 'teal' } })
  .png()
  .toBuffer();
const PNG = `data:image/png;base64,${png.toString('base64')}`;
const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]).toString('base64');

const ACCOUNT = '/api/profile/account/:instance';
const GET_ACCOUNT = '/api/profile/getAccount/:instance';
const GET_PRIVACY = '/api/profile/getPrivacy/:instance';
const PRIVACY = '/api/profile/privacy/:instance';
const NOT_CONNECTED = 'Instance is not connected to WhatsApp';

let storage: TestStorage;
let gateway: LinkedGateway;
let sales: LinkedInstance;
let ana: Phone;
let accountToken: string;

/** The host of a picture: answers by path. */
const host = createServer((request, response) => {
  if (request.url === '/me.png') return response.end(png);
  if (request.url === '/moved') return response.writeHead(302, { location: '/me.png' }).end();
  return response.writeHead(404).end();
});

beforeAll(async () => {
  storage = await sqlite!.open();
  gateway = await linkedGateway(storage, whatsApp);
  sales = await gateway.link(await whatsApp.newPhone('Blue Store'));
  ana = await whatsApp.newPhone('Ana');
  await sales.exchange(await ana.send(sales.phone.number, 'Hi'));
  accountToken = await gateway.account();
  await gateway.call('POST', '/api/instance/new', accountToken, { name: 'unlinked' });
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
});
afterAll(() => void host.close());

const asked = async (method: string, path: string, body?: unknown) => {
  const answer = await sales.call(method, path, body);
  return { status: answer.status, body: answer.body, error: answer.body.error?.message };
};
const offline = async (method: string, path: string, body?: unknown) => {
  const url = path.replace(':instance', 'unlinked');
  const answer = await gateway.call(method, url, accountToken, body);
  return { status: answer.status, error: answer.body.error?.message };
};
const hosted = (path: string) => `http://127.0.0.1:${(host.address() as AddressInfo).port}${path}`;
const of = (number: string) => `${GET_ACCOUNT}?${new URLSearchParams({ number })}`;
const fail = (query: string, code = 406) => sales.phone.fault('query-error', { code, query, count: 1 });

describe('POST /api/profile/account/:instance', () => {
  test('changes picture, name and about, which others then see', async () => {
    const change = { profilePicture: hosted('/me.png'), profileName: 'Blue Shop', profileStatus: 'Open' };
    expect(await asked('POST', ACCOUNT, change)).toMatchObject({
      status: 200,
      body: {
        success: true,
        message: 'Profile updated successfully',
        updatedFields: ['profilePicture', 'profileName', 'profileStatus'],
      },
    });
    const { profile } = (await asked('GET', GET_ACCOUNT)).body;
    expect(profile).toEqual({
      profilePicture: expect.stringMatching(/^https:/),
      profileName: 'Blue Shop',
      profileStatus: 'Open',
      phoneNumber: sales.phone.number,
      jid: `${sales.phone.number}@s.whatsapp.net`,
      lid: expect.stringMatching(/@lid$/),
    });
    await sales.call('POST', '/api/message/text/:instance', { number: ana.number, message: 'Hello' });
    const other = await gateway.link(await whatsApp.newPhone('Other'));
    const text = { number: other.phone.number, message: 'Hello' };
    const sent = await sales.call('POST', '/api/message/text/:instance', text);
    expect((await other.exchange(sent.body.data.messageId)).data.sender.name).toBe('Blue Shop');
    const seen = await other.call('GET', of(sales.phone.number));
    expect(seen.body.profile).toMatchObject({ profileStatus: 'Open', profilePicture: expect.any(String) });
  });

  test('an empty picture and an empty about take them away, once and again', async () => {
    for (let i = 0; i < 2; i++) {
      const taken = await asked('POST', ACCOUNT, { profilePicture: '', profileStatus: '' });
      expect(taken.body.updatedFields).toEqual(['profilePicture', 'profileStatus']);
    }
    const { profile } = (await asked('GET', GET_ACCOUNT)).body;
    expect(profile.profilePicture).toBeNull();
    expect(profile).not.toHaveProperty('profileStatus');
  });

  test('a refused change is reported by its field; those before it stay', async () => {
    await asked('POST', ACCOUNT, { profileStatus: 'Before' });
    await fail('w:sync:app:state');
    const change = { profilePicture: PNG, profileName: 'Never', profileStatus: 'Never' };
    expect(await asked('POST', ACCOUNT, change)).toMatchObject({
      status: 500,
      error: expect.stringMatching(/^Failed to update profile: profileName: /),
    });
    const { profile } = (await asked('GET', GET_ACCOUNT)).body;
    expect(profile).toMatchObject({ profilePicture: expect.any(String), profileStatus: 'Before' });
    expect(profile.profileName).not.toBe('Never');
    await fail('w:profile:picture');
    expect((await asked('POST', ACCOUNT, { profilePicture: PNG })).error).toMatch(
      /^Failed to update profile: profilePicture: /,
    );
    await fail('status');
    expect((await asked('POST', ACCOUNT, { profileStatus: 'x' })).error).toMatch(
      /^Failed to update profile: profileStatus: /,
    );
  });

  test.each<[string, string]>([
    ['http://10.0.0.1/me.png', 'ProfilePicture address is not allowed'],
    ['http://[', 'ProfilePicture must be an http(s) URL or a data:image base64 URI'],
    ['/missing', 'Failed to download profilePicture: HTTP 404'],
    ['/moved', 'Failed to download profilePicture: HTTP 302'],
    ['http://127.0.0.1:9/me.png', 'Failed to download profilePicture: connection failed'],
    ['data:image/png;base64,aGVsbG8=', 'ProfilePicture is not a valid image'],
  ])('the picture %s is 400 %s, and nothing is applied', async (source, error) => {
    const profilePicture = source.startsWith('/') ? hosted(source) : source;
    const refused = await asked('POST', ACCOUNT, { profilePicture, profileStatus: 'Not applied' });
    expect(refused).toMatchObject({ status: 400, error });
    expect((await asked('GET', GET_ACCOUNT)).body.profile.profileStatus).not.toBe('Not applied');
  });

  test('a picture over 10 MB is 400, a body over 16 MiB 413', async () => {
    const base64 = Buffer.alloc(MAX_PICTURE_BYTES + 1).toString('base64');
    const profilePicture = `data:image/png;base64,${base64}`;
    expect(await asked('POST', ACCOUNT, { profilePicture })).toMatchObject({
      status: 400,
      error: 'ProfilePicture must be at most 10 MB',
    });
    const tooLarge = { profilePicture: `data:image/png;base64,${'A'.repeat(16 * 1024 * 1024)}` };
    expect(await asked('POST', ACCOUNT, tooLarge)).toMatchObject({
      status: 413,
      error: 'Request body too large',
    });
  });

  const nothing = 'At least one of profilePicture, profileName or profileStatus must be provided';
  test.each<[unknown, number, string]>([
    ['{', 400, 'Invalid request body: malformed JSON'],
    [{ profileName: 5 }, 400, 'Invalid request body: profileName must be a string'],
    [{}, 400, nothing],
    [{ profileName: null, unknown: 'x' }, 400, nothing],
    [{ profilePicture: 'me.png' }, 400, 'ProfilePicture must be an http(s) URL or a data:image base64 URI'],
    [{ profileName: '' }, 400, 'ProfileName must be 1 to 25 characters'],
    [{ profileName: 'x'.repeat(26) }, 400, 'ProfileName must be 1 to 25 characters'],
    [{ profileStatus: 'x'.repeat(140) }, 400, 'ProfileStatus must be at most 139 characters'],
    [{ profileName: '😀'.repeat(25), profileStatus: '😀'.repeat(139) }, 503, NOT_CONNECTED],
  ])('%.80j is %i %s', async (body, status, error) => {
    expect(await offline('POST', ACCOUNT, body)).toEqual({ status, error });
  });

  test('what is changed on the phone arrives', async () => {
    const shown = async () => {
      const { body } = await gateway.call('GET', '/api/instance/list', sales.token);
      return body.instances[0].profile;
    };
    await sales.phone.act('name', { name: 'By Hand' });
    await sales.phone.act('picture', {});
    await expect.poll(shown).toMatchObject({ name: 'By Hand', pictureUrl: null });
    await sales.phone.act('picture', { picture: JPEG });
    await expect.poll(shown).toMatchObject({ pictureUrl: expect.stringMatching(/^https:/) });
  });

  test('what an account shows is read whenever it connects', async () => {
    const shop = await gateway.link(await whatsApp.newPhone('Green Store', { business: true }));
    const own = { profile_picture_url: 'https://pps.whatsapp.net/old.jpg', business_name: 'Old Store' };
    const row = storage.db.selectFrom('instances').where('id', '=', shop.id);
    const shown = () =>
      row.select(['profile_picture_url', 'is_business', 'business_name']).executeTakeFirstOrThrow();
    const now = { profile_picture_url: null, is_business: 1, business_name: 'Green Store' };
    await expect.poll(shown).toEqual(now);
    await storage.db.updateTable('instances').set(own).where('id', '=', shop.id).execute();
    await shop.call('POST', '/api/instance/reconnect/:instance');
    await expect.poll(shown).toEqual(now);
  });
});

describe('GET /api/profile/getAccount/:instance', () => {
  test('reads the profile of a number in any form, and of its LID', async () => {
    await ana.act('about', { text: 'Available' });
    await ana.act('picture', { picture: JPEG });
    const { profile } = (await asked('GET', of(ana.number))).body;
    expect(profile).toEqual({
      profilePicture: expect.stringMatching(/^https:/),
      profileName: 'Ana',
      profileStatus: 'Available',
      phoneNumber: ana.number,
      jid: `${ana.number}@s.whatsapp.net`,
      lid: expect.stringMatching(/^\d+@lid$/),
    });
    const [country, area, rest] = [ana.number.slice(0, 2), ana.number.slice(2, 4), ana.number.slice(4)];
    const forms = [
      `+${country} (${area}) ${rest}`,
      profile.jid,
      profile.lid,
      `${country}${area}${rest.slice(1)}`,
    ];
    for (const form of forms) {
      expect((await asked('GET', of(form))).body.profile.jid, form).toBe(profile.jid);
    }
  });

  test('a stranger has no name; what is hidden is left out', async () => {
    const stranger = await whatsApp.newPhone('Stranger');
    await stranger.act('about', { text: 'Secret' });
    await stranger.act('picture', { picture: JPEG });
    for (const setting of ['profile', 'status']) await stranger.act('privacy', { setting, value: 'none' });
    const { profile } = (await asked('GET', of(stranger.number))).body;
    expect(profile).toMatchObject({ profilePicture: null, phoneNumber: stranger.number });
    expect(Object.keys(profile)).toEqual(['profilePicture', 'phoneNumber', 'jid', 'lid']);
  });

  test('a business that was never met has the name under which it is registered', async () => {
    const number = newNumber();
    const body = JSON.stringify({ number, name: 'Blue Store Ltd', business: true });
    await fetch(`${whatsApp.control}/phones`, { method: 'POST', body });
    expect((await asked('GET', of(number))).body.profile.profileName).toBe('Blue Store Ltd');
  });

  test('a LID that is not known is looked up by its devices', async () => {
    const stranger = await whatsApp.newPhone('Stranger');
    const { phones } = (await (await fetch(`${whatsApp.control}/phones`)).json()) as {
      phones: { number: string; lid: string }[];
    };
    const { lid } = phones.find(({ number }) => number === stranger.number)!;
    expect((await asked('GET', of(lid))).body.profile).toMatchObject({ lid });
    expect(await asked('GET', of('299999999999999@lid'))).toMatchObject({
      status: 400,
      error: 'Number is not registered on WhatsApp',
    });
  });

  test.each<[string, number, string]>([
    ['?number=123', 400, 'Invalid number: 123'],
    ['?number=120363406289005073@g.us', 400, 'Invalid number: 120363406289005073@g.us'],
    ['?number=120363422585881117@newsletter', 400, 'Invalid number: 120363422585881117@newsletter'],
    [`?number=${'9'.repeat(70)}`, 400, `Invalid number: ${'9'.repeat(64)}`],
    ['?number=', 503, NOT_CONNECTED],
    ['', 503, NOT_CONNECTED],
  ])('%.60s is %i %s', async (query, status, error) => {
    expect(await offline('GET', GET_ACCOUNT + query)).toEqual({ status, error });
  });

  test('a number that is not on WhatsApp is 400, a question that fails 500, a throttled one 429', async () => {
    expect(await asked('GET', of('4915100000000'))).toMatchObject({
      status: 400,
      error: 'Number is not registered on WhatsApp',
    });
    await fail('usync', 503);
    const stranger = await whatsApp.newPhone('Stranger');
    expect(await asked('GET', of(stranger.number))).toMatchObject({
      status: 500,
      error: expect.stringMatching(/^Failed to get profile: /),
    });
    await fail('usync', 429);
    expect(await asked('GET', of(stranger.number))).toMatchObject({
      status: 429,
      error: 'WhatsApp rate limit reached. Try again later.',
    });
  });
});

describe.each([
  ['GET /api/profile/getPrivacy/:instance', GET_PRIVACY],
  ['GET /api/profile/privacy/:instance', PRIVACY],
])('%s', (_, path) => {
  test('shows every setting, asked for at most once in five seconds', async () => {
    const instance = await gateway.link(await whatsApp.newPhone('Private'));
    await instance.phone.act('privacy', { setting: 'last', value: 'contacts' });
    const shown = {
      success: true,
      message: 'Privacy settings retrieved successfully',
      settings: {
        visibility: { lastSeen: 'contacts', status: 'all', profile: 'all', online: 'all' },
        privacy: { readReceipts: 'all' },
        permissions: { callAdd: 'all', groupAdd: 'all' },
      },
    };
    expect((await instance.call('GET', path)).body).toEqual(shown);
    await instance.phone.act('privacy', { setting: 'last', value: 'none' });
    expect((await instance.call('GET', path)).body).toEqual(shown);
  });

  test('a question that fails is 500 and asked again, one without a connection 503', async () => {
    const instance = await gateway.link(await whatsApp.newPhone('Private'));
    await instance.phone.fault('query-error', { code: 500, query: 'privacy', count: 1 });
    const failed = await instance.call('GET', path);
    expect(failed.status).toBe(500);
    expect(failed.body.error.message).toMatch(/^Failed to get privacy settings: /);
    expect((await instance.call('GET', path)).status).toBe(200);
    expect(await offline('GET', path)).toEqual({ status: 503, error: NOT_CONNECTED });
  });
});

describe('POST /api/profile/privacy/:instance', () => {
  test('changes what is sent and shows what WhatsApp then has', async () => {
    const all = {
      visibility: {
        lastSeen: 'none',
        status: 'contacts',
        profile: 'contact_blacklist',
        online: 'match_last_seen',
      },
      privacy: { readReceipts: 'none' },
      permissions: { callAdd: 'known', groupAdd: 'contacts' },
    };
    expect(await asked('POST', PRIVACY, all)).toMatchObject({
      status: 200,
      body: { success: true, message: 'Privacy settings updated successfully', settings: all },
    });
    const one = await asked('POST', PRIVACY, { visibility: { lastSeen: 'all', online: null }, privacy: {} });
    expect(one.body.settings).toEqual({ ...all, visibility: { ...all.visibility, lastSeen: 'all' } });
    expect((await asked('GET', GET_PRIVACY)).body.settings).toEqual(one.body.settings);
  });

  test('a setting that WhatsApp refuses is named; those before it stay', async () => {
    await asked('POST', PRIVACY, { visibility: { lastSeen: 'all', status: 'all' } });
    await fail('privacy');
    expect(await asked('POST', PRIVACY, { visibility: { status: 'none' } })).toMatchObject({
      status: 500,
      error: expect.stringMatching(/^Failed to update privacy setting visibility\.status: /),
    });
    expect((await asked('GET', GET_PRIVACY)).body.settings.visibility.status).toBe('all');
  });

  const nothing = 'At least one of visibility, privacy or permissions must be provided';
  test.each<[unknown, number, string]>([
    ['{', 400, 'Invalid request body: malformed JSON'],
    [{ visibility: 'all' }, 400, 'Invalid request body: visibility must be an object'],
    [{ visibility: { online: true } }, 400, 'Invalid request body: visibility.online must be a string'],
    [{}, 400, nothing],
    [{ visibility: {}, privacy: null, permissions: { unknown: 'all' } }, 400, nothing],
    [{ visibility: { online: 'none' } }, 400, 'visibility.online must be one of: all, match_last_seen'],
    [
      { visibility: { lastSeen: '' } },
      400,
      'visibility.lastSeen must be one of: all, contacts, contact_blacklist, none',
    ],
    [{ privacy: { readReceipts: 'some' } }, 400, 'privacy.readReceipts must be one of: all, none'],
    [{ permissions: { callAdd: 'none' } }, 400, 'permissions.callAdd must be one of: all, known'],
    [
      { permissions: { groupAdd: 'none' } },
      400,
      'permissions.groupAdd must be one of: all, contacts, contact_blacklist',
    ],
    [{ privacy: { readReceipts: 'none' } }, 503, NOT_CONNECTED],
  ])('%j is %i %s', async (body, status, error) => {
    expect(await offline('POST', PRIVACY, body)).toEqual({ status, error });
  });
});
