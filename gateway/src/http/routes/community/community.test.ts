import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../../../storage/testing/databases.ts';
import { startWhatsApp } from '../../../testing/whatsapp.ts';
import { type GroupWorld, groupWorld, type Member, refused } from '../group/testing/groups.ts';

const CREATE = '/api/community/create/:instance';
const LINK = '/api/community/link/:instance';
const UNLINK = '/api/community/unlink/:instance';
const LIST = '/api/community/listSubGroups/:instance';
const UNKNOWN = '120363000000000008@g.us';

const [sqlite] = databases;
const whatsApp = await startWhatsApp();
let world: GroupWorld;
let joao: Member;
beforeAll(async () => {
  world = await groupWorld(whatsApp, await sqlite!.open());
  joao = await world.person('João Silva');
});

const village = (owner: Member, options: object = {}) =>
  world.group(owner, [], { community: true, ...options }, 'Village');

describe('POST /api/community/create/:instance', () => {
  test('makes a community, links the groups and lists what could not be done', async () => {
    const [good, foreign] = [
      await world.group(world.own, [joao]),
      await world.group(joao, [world.own], {}, 'Foreign'),
    ];
    const answer = await world.ask('POST', CREATE, {
      name: 'Village',
      description: 'All about it',
      groupJid: [good.jid, foreign.jid.replace('@g.us', ''), 'nonsense'],
      image: 'http://127.0.0.1:1/none.jpg',
    });
    const { jid } = answer.body.group as { jid: string };
    const { inviteCode } = await world.named(jid).state();
    expect(answer.body).toEqual({
      success: true,
      message: 'Community created successfully',
      group: {
        name: 'Village',
        jid,
        description: 'All about it',
        inviteCode,
        inviteLink: `https://chat.whatsapp.com/${inviteCode}`,
        createdBy: world.own.jid,
        participantCount: 2,
        participants: [
          { jid: world.own.jid, lid: world.own.lid, isAdmin: true, isSuperAdmin: true },
          { jid: joao.jid, lid: joao.lid, isAdmin: false, isSuperAdmin: false },
        ],
        groupSettings: {
          membersCanEditInfo: true,
          membersCanSendMessages: true,
          membersCanAddOthers: false,
          requireAdminApproval: false,
        },
        isCommunity: true,
        isAnnounce: false,
        isDefaultSubGroup: false,
      },
      isCommunity: true,
      linkedGroups: [good.jid],
      failedGroups: [foreign.jid, 'nonsense'],
      imageError: 'Failed to download image: connection failed',
    });
  });

  test('joining its groups needs approval when that is asked for', async () => {
    const request = { name: 'Closed', membershipApprovalMode: 'request_required' };
    const { body } = await world.ask('POST', CREATE, request);
    expect(body).toMatchObject({ group: { groupSettings: { requireAdminApproval: true } } });
    expect(body).not.toHaveProperty('imageError');
  });

  test('is a regular group where WhatsApp does not allow a community', async () => {
    await world.own.phone.fault('query-error', { query: 'w:g2/create', code: 400, count: 1 });
    const request = { name: 'Village', description: 'All', groupJid: ['120363000000000008'] };
    expect((await world.ask('POST', CREATE, request)).body).toMatchObject({
      message: 'Community not available for this account; a regular group was created instead',
      group: { name: 'Village', description: 'All', isCommunity: false },
      isCommunity: false,
      linkedGroups: [],
      failedGroups: [UNKNOWN],
    });
  });

  test.each([403, 500])('reports that WhatsApp refused it with %i', async (code) => {
    await world.own.phone.fault('query-error', { query: 'w:g2/create', code, count: 1 });
    const reason = code === 403 ? 'forbidden' : 'internal-server-error';
    expect(await world.ask('POST', CREATE, { name: 'Village' })).toMatchObject(
      refused(500, `failed to create community: ${reason}`),
    );
  });

  test.each<[object, string]>([
    [{}, 'Name is required'],
    [{ name: ' ' }, 'Name is required'],
    [{ name: 'x'.repeat(26) }, 'name must be at most 25 characters'],
    [{ name: 'x', description: 'x'.repeat(2_049) }, 'description must be at most 2048 characters'],
    [
      { name: 'x', membershipApprovalMode: 'open' },
      "membershipApprovalMode must be 'request_required' or empty",
    ],
    [{ name: 'x', groupJid: 'y' }, 'Invalid request body: groupJid must be an array'],
  ])('%j is 400 %s', async (request, message) => {
    expect(await world.ask('POST', CREATE, request)).toMatchObject(refused(400, message));
  });
});

describe('POST /api/community/link/:instance', () => {
  test('links what it can and lists what it cannot', async () => {
    const community = await village(world.own);
    const [good, foreign] = [await world.group(world.own, [joao]), await world.group(joao, [world.own])];
    const groupJid = [good.jid, 'nonsense', foreign.jid];
    expect((await world.ask('POST', LINK, { communityJid: community.jid, groupJid })).body).toEqual({
      success: true,
      message: 'Linked 1 of 3 groups to community',
      linked: [good.jid],
      failed: ['nonsense', foreign.jid],
      errors: [
        { jid: 'nonsense', error: 'invalid group JID: it must be <digits>@g.us' },
        { jid: foreign.jid, error: 'not-authorized', code: 401 },
      ],
    });
    const { data } = await world.flow(good.jid, 'link');
    expect(data).toMatchObject({
      value: community.jid,
      groupName: 'Dev Team',
      actor: { jid: world.own.jid },
    });
    const again = { communityJid: community.jid.replace('@g.us', ''), groupJid: [good.jid, good.jid] };
    expect((await world.ask('POST', LINK, again)).body).toMatchObject({
      message: 'Linked 1 of 1 groups to community',
      linked: [good.jid],
    });
  });

  test('does not link what is linked elsewhere, nor the Announcements group', async () => {
    const [community, other] = [await village(world.own), await village(world.own)];
    const elsewhere = await world.group(world.own, [joao]);
    await other.act('link', { group: elsewhere.jid });
    for (const jid of [elsewhere.jid, (await community.state()).subgroups[0]]) {
      const { body } = await world.ask('POST', LINK, { communityJid: community.jid, groupJid: [jid] });
      expect(body).toMatchObject({ success: false, errors: [{ jid, error: 'conflict', code: 409 }] });
    }
  });

  test('is no success when none was linked', async () => {
    const plain = await world.group(world.own, [joao]);
    const request = { communityJid: UNKNOWN, groupJid: [plain.jid] };
    expect(await world.ask('POST', LINK, request)).toMatchObject({
      status: 200,
      body: {
        success: false,
        message: 'Linked 0 of 1 groups to community',
        errors: [{ jid: plain.jid, error: 'item-not-found', code: 404 }],
      },
    });
  });
});

describe('POST /api/community/unlink/:instance', () => {
  test('lets groups live on by themselves, but not the Announcements group', async () => {
    const community = await village(world.own);
    const group = await world.group(world.own, [joao]);
    await community.act('link', { group: group.jid });
    const { subgroups } = await community.state();
    const groupJid = [group.jid, subgroups[0]];
    expect((await world.ask('POST', UNLINK, { communityJid: community.jid, groupJid })).body).toEqual({
      success: true,
      message: 'Unlinked 1 of 2 groups from community',
      linked: [group.jid],
      failed: [subgroups[0]],
      errors: [{ jid: subgroups[0], error: 'not-acceptable', code: 406 }],
    });
    expect((await group.state()).parent).toBeNull();
    expect((await world.flow(group.jid, 'unlink')).data.value).toBe(community.jid);
  });
});

describe.each([
  ['POST /api/community/link/:instance', LINK],
  ['POST /api/community/unlink/:instance', UNLINK],
])('%s', (_, path) => {
  test.each<[object, number, string]>([
    [{ groupJid: [UNKNOWN] }, 400, 'community jid is required'],
    [{ communityJid: UNKNOWN }, 400, 'group jid is required'],
    [{ communityJid: UNKNOWN, groupJid: [] }, 400, 'group jid is required'],
    [
      { communityJid: 'x@newsletter', groupJid: ['1'] },
      500,
      'error parse community jid: it must be <digits>@g.us',
    ],
  ])('%j is %i %s', async (request, status, message) => {
    expect(await world.ask('POST', path, request)).toMatchObject(refused(status, message));
  });
});

describe('GET /api/community/listSubGroups/:instance', () => {
  test('names the groups that the instance is in, the Announcements group first', async () => {
    const community = await village(world.own);
    const zoo = await world.group(world.own, [joao], {}, 'Zoo');
    const art = await world.group(world.own, [joao], {}, 'Art');
    for (const { jid } of [zoo, art]) await community.act('link', { group: jid });
    await world.flow(art.jid, 'link');
    const { subgroups } = await community.state();
    const { body } = await world.ask('GET', LIST, { communityJid: community.jid.replace('@g.us', '') });
    expect(body).toEqual({
      success: true,
      message: '3 subgroup(s) found',
      communityJid: community.jid,
      subgroups: [
        { jid: subgroups[0], name: 'Announcements', isDefaultSubGroup: true },
        { jid: art.jid, name: 'Art', isDefaultSubGroup: false },
        { jid: zoo.jid, name: 'Zoo', isDefaultSubGroup: false },
      ],
    });
    expect((await world.ask('GET', LIST, { communityJid: UNKNOWN })).body).toMatchObject({ subgroups: [] });
  });

  test.each<[object, string]>([
    [{}, 'communityJid query parameter is required'],
    [{ communityJid: ' ' }, 'communityJid query parameter is required'],
    [{ communityJid: 'ABC123XYZ' }, 'invalid community JID: it must be <digits>@g.us'],
    [{ communityJid: '5511999999999@s.whatsapp.net' }, 'invalid community JID: it must be <digits>@g.us'],
  ])('%j is 400 %s', async (request, message) => {
    expect(await world.ask('GET', LIST, request)).toMatchObject(refused(400, message));
  });
});

describe('every community route', () => {
  const both = { communityJid: UNKNOWN, groupJid: [UNKNOWN] };
  const calls: [string, string, object][] = [
    ['POST', CREATE, { name: 'Village' }],
    ['POST', LINK, both],
    ['POST', UNLINK, both],
    ['GET', LIST, { communityJid: UNKNOWN }],
  ];

  test.each(calls)('%s %s answers 400 without a connection', async (method, path, wanted) => {
    expect(await world.askUnlinked(method, path, wanted)).toMatchObject(
      refused(400, 'Instance is not connected to WhatsApp'),
    );
  });

  test.each(calls.slice(0, 3))('%s %s says when WhatsApp throttles', async (method, path, wanted) => {
    await world.own.phone.fault('query-error', { query: 'w:g2', code: 429, count: 1 });
    const answer = await world.ask(method, path, wanted);
    expect(answer).toMatchObject(refused(429, 'WhatsApp rate limit reached. Try again later.'));
    expect(answer.retryAfter).toBe('60');
  });
});
