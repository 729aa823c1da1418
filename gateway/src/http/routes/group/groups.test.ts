import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../../../storage/testing/databases.ts';
import { startWhatsApp } from '../../../testing/whatsapp.ts';
import { type GroupWorld, groupWorld, type Member, PNG, refused } from './testing/groups.ts';

const CREATE = '/api/group/create/:instance';
const LIST = '/api/group/list/:instance';
const INFO = '/api/group/info/:instance';
const UPDATE = '/api/group/update/:instance';
const PARTICIPANTS = '/api/group/participants/:instance';
const JOIN = '/api/group/join/:instance';
const RESET = '/api/group/resetLink/:instance';
const REQUESTS = '/api/group/requests/:instance';
const LEAVE = '/api/group/leave/:instance';

const NO_GROUP = 'Group not found or you are not a member of this group';
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
const ADDRESSINGS = ['lid', 'pn'] as const;

const [sqlite] = databases;
const whatsApp = await startWhatsApp();
let world: GroupWorld;
let joao: Member;
let ana: Member;
let shy: Member;
beforeAll(async () => {
  world = await groupWorld(whatsApp, await sqlite!.open());
  [joao, ana, shy] = [
    await world.person('João Silva'),
    await world.person('Ana', '5521988887777'),
    await world.person('Shy'),
  ];
  await shy.phone.act('privacy', { setting: 'groupadd', value: 'none' });
});

const member = ({ jid, lid }: Member, role: 'member' | 'admin' | 'superadmin' = 'member') => ({
  jid,
  lid,
  isAdmin: role !== 'member',
  isSuperAdmin: role === 'superadmin',
});
const OPEN = {
  membersCanEditInfo: true,
  membersCanSendMessages: true,
  membersCanAddOthers: false,
  requireAdminApproval: false,
};
const link = (code: string) => `https://chat.whatsapp.com/${code}`;
const jidIn = ({ body }: { body: Record<string, unknown> }) => (body.group as { jid: string }).jid;

describe('POST /api/group/create/:instance', () => {
  test('makes a group of those who can be added and reports the others', async () => {
    const answer = await world.ask('POST', CREATE, {
      name: 'Dev Team',
      participants: [joao.number, shy.number, '5511900000000', 'nobody', ana.lid, `+${joao.number}`],
      description: 'Technical discussions',
      image: 'http://127.0.0.1:1/none.jpg',
      groupSettings: { membersCanSendMessages: false, membersCanAddOthers: true, unknown: 1 },
    });
    const jid = jidIn(answer);
    const { inviteCode } = await world.named(jid).state();
    const failed = (of: string, error: string, code: number) => ({ jid: of, success: false, error, code });
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.body).toEqual({
      success: true,
      message: 'Group created successfully',
      group: {
        name: 'Dev Team',
        jid,
        description: 'Technical discussions',
        inviteCode,
        inviteLink: link(inviteCode),
        createdBy: world.own.jid,
        participantCount: 3,
        participants: [member(world.own, 'superadmin'), member(joao), member(ana)],
        groupSettings: { ...OPEN, membersCanSendMessages: false, membersCanAddOthers: true },
        isCommunity: false,
        isAnnounce: true,
        isDefaultSubGroup: false,
      },
      failedParticipants: [
        failed(shy.jid, "Participant's privacy settings do not allow this", 403),
        failed('5511900000000@s.whatsapp.net', 'Number is not registered on WhatsApp', 404),
        failed('nobody', 'Invalid number: nobody', 400),
      ],
      warnings: [{ field: 'image', error: 'Failed to download image: connection failed' }],
    });
    expect((await world.flow(jid, 'create')).data).toMatchObject({
      value: 'Dev Team',
      groupName: 'Dev Team',
    });
  });

  test('the picture and what WhatsApp refuses of it do not take the group back', async () => {
    const request = { name: 'Pictured', participants: [joao.number], image: PNG };
    const good = await world.ask('POST', CREATE, request);
    expect(good.body).toMatchObject({ failedParticipants: [], warnings: [] });
    expect((await world.named(jidIn(good)).state()).picture).not.toBeNull();
    await world.own.phone.fault('query-error', { query: 'w:profile:picture', code: 400, count: 1 });
    const bad = await world.ask('POST', CREATE, request);
    expect(bad.body.warnings).toEqual([{ field: 'image', error: 'WhatsApp refused the image: bad-request' }]);
    await world.own.phone.fault('query-error', { query: 'w:g2/announcement', code: 400, count: 1 });
    const groupSettings = { membersCanSendMessages: false };
    const open = await world.ask('POST', CREATE, { ...request, image: undefined, groupSettings });
    const warning = { field: 'groupSettings.membersCanSendMessages', error: 'bad-request' };
    expect(open.body).toMatchObject({ group: { isAnnounce: false }, warnings: [warning] });
  });

  test('makes it inside a community that the instance is an admin of', async () => {
    const own = await world.group(world.own, [], { community: true }, 'Village');
    const request = {
      name: 'Linked',
      participants: [joao.number],
      communityJid: own.jid.replace('@g.us', ''),
    };
    expect((await world.ask('POST', CREATE, request)).body).toMatchObject({
      group: { linkedParentJid: own.jid },
    });
    const others = await world.group(joao, [world.own], { community: true }, 'Others');
    expect(await world.ask('POST', CREATE, { ...request, communityJid: others.jid })).toMatchObject(
      refused(403, 'Not authorized to link groups to this community (must be admin)'),
    );
    const plain = await world.group(world.own, [joao]);
    for (const communityJid of ['120363000000000009@g.us', plain.jid]) {
      expect(await world.ask('POST', CREATE, { ...request, communityJid })).toMatchObject(
        refused(404, 'Community not found or you are not a member of this community'),
      );
    }
  });

  test('a name with an @ arrives as it was written', async () => {
    const name = 'Team 10:30 @ office';
    const jid = jidIn(await world.ask('POST', CREATE, { name, participants: [joao.number] }));
    // The answer is not looked at: the sandbox writes it with Baileys, which makes a JID of such a name.
    expect((await world.named(jid).state()).subject).toBe(name);
  });

  test('is refused when no participant is on WhatsApp, and when WhatsApp refuses', async () => {
    const nobody = { name: 'Nobody', participants: ['5511900000000', 'x', world.own.number] };
    expect(await world.ask('POST', CREATE, nobody)).toMatchObject(refused(400, 'No valid participants'));
    const request = { name: 'Dev Team', participants: [joao.number] };
    for (const [code, reason] of [
      [500, 'internal-server-error'],
      [403, 'forbidden'],
    ]) {
      await world.own.phone.fault('query-error', { query: 'w:g2/create', code, count: 1 });
      expect(await world.ask('POST', CREATE, request)).toMatchObject(
        refused(500, `failed to create group: ${reason}`),
      );
    }
  });

  test('is answered although WhatsApp gives no more details of it', async () => {
    await world.own.phone.fault('query-error', { query: 'w:g2/query', code: 429, count: 1 });
    await world.own.phone.fault('query-error', { query: 'w:g2/invite', code: 429, count: 1 });
    const answer = await world.ask('POST', CREATE, {
      name: 'Quiet',
      participants: [joao.number, shy.number],
    });
    expect(answer).toMatchObject({ status: 200, body: { group: { participantCount: 2, inviteCode: null } } });
    expect((await world.named(jidIn(answer)).state()).participants).toHaveLength(2);
  });
});

describe('GET /api/group/list/:instance', () => {
  test('names the groups that the account is in, each once, by name', async () => {
    const mine = await world.group(joao, [world.own, ana], { description: 'Talk' }, 'AAA');
    await world.group(joao, [ana], {}, 'Not mine');
    await world.flow(mine.jid, 'create');
    const answer = await world.ask('GET', LIST);
    const groups = answer.body.groups as { name: string; groupJid: string }[];
    expect(groups[0]).toEqual({
      groupJid: mine.jid,
      jid: mine.jid,
      name: 'AAA',
      description: 'Talk',
      memberCount: 3,
      participantCount: 3,
      createdBy: joao.jid,
      createdAt: TIME,
      isCommunity: false,
      isAnnounce: false,
      isDefaultSubGroup: false,
    });
    const names = groups.map(({ name }) => name);
    expect(names).toEqual(names.toSorted((a, b) => a.localeCompare(b)));
    expect(names).not.toContain('Not mine');
    expect(answer.body).toMatchObject({
      success: true,
      message: `${groups.length} groups found`,
      meta: { total: groups.length },
    });
    const full = await world.ask('GET', LIST, { includeMembers: 'true' });
    expect((full.body.groups as object[])[0]).toMatchObject({
      participants: [member(joao, 'superadmin'), member(world.own), member(ana)],
    });
  });
});

describe.each(ADDRESSINGS)('groups of %s addresses', (addressing) => {
  const devTeam = (owner: Member, others: Member[], options: object = {}) =>
    world.group(owner, others, { addressing, ...options });

  describe('GET /api/group/info/:instance', () => {
    test('shows all details of a group, by JID, code and link', async () => {
      const group = await devTeam(world.own, [joao], { description: 'Technical discussions' });
      await group.act('picture', { jpeg: Buffer.from([0xff, 0xd8, 0xff, 1]).toString('base64') });
      await group.act('ephemeral', { seconds: 86_400 });
      const { inviteCode: code } = await group.state();
      for (const identifier of [group.jid, group.jid.replace('@g.us', ''), code, `${link(code)}?mode=x`]) {
        const answer = await world.ask('GET', INFO, { identifier });
        expect(answer.body).toEqual({
          success: true,
          message: 'Group info retrieved successfully',
          group: {
            name: 'Dev Team',
            jid: group.jid,
            description: 'Technical discussions',
            image: expect.stringMatching(/^https:\/\/pps\.whatsapp\.net\/v\//),
            inviteCode: code,
            inviteLink: link(code),
            createdBy: world.own.jid,
            createdAt: TIME,
            participantCount: 2,
            participants: [member(world.own, 'superadmin'), member(joao)],
            groupSettings: OPEN,
            metadata: {
              nameChangedBy: world.own.jid,
              nameChangedAt: TIME,
              descriptionChangedBy: world.own.jid,
              descriptionChangedAt: TIME,
              descriptionId: expect.any(String),
            },
            isCommunity: false,
            isAnnounce: false,
            isDefaultSubGroup: false,
            isEphemeral: true,
            ephemeralDuration: 86_400,
            isIncognito: false,
            isSuspended: false,
          },
        });
      }
    });

    test('shows a preview by code, and to a member no code that is for admins', async () => {
      const group = await devTeam(joao, [ana], { incognito: true });
      const { inviteCode: code } = await group.state();
      const preview = await world.ask('GET', INFO, { identifier: code });
      expect(preview.body.group).toMatchObject({
        inviteCode: code,
        image: null,
        participantCount: 2,
        participants: [member(joao, 'superadmin')],
        isIncognito: true,
        metadata: { descriptionChangedBy: null, descriptionChangedAt: null, descriptionId: null },
      });
      expect(await world.ask('GET', INFO, { identifier: group.jid })).toMatchObject(refused(404, NO_GROUP));
      await group.act('add', { numbers: [world.own.number] });
      const seen = await world.ask('GET', INFO, { identifier: group.jid, participants: 'false' });
      expect(seen.body.group).toMatchObject({ inviteCode: null, inviteLink: null, participantCount: 3 });
      expect(seen.body.group).not.toHaveProperty('participants');
    });
  });

  describe('PUT /api/group/update/:instance', () => {
    test('changes what is different, in order, and leaves the rest', async () => {
      const group = await devTeam(world.own, [joao], { description: 'Old' });
      const request = {
        identifier: group.jid,
        name: 'Dev Team 2026',
        description: 'New',
        image: PNG,
        groupSettings: {
          membersCanEditInfo: false,
          membersCanSendMessages: false,
          membersCanAddOthers: true,
          requireAdminApproval: true,
        },
      };
      const { body } = await world.ask('PUT', UPDATE, request);
      const settings = Object.keys(request.groupSettings).join(', ');
      expect(body).toMatchObject({
        success: true,
        message: `Group updated successfully: name, description, image, ${settings}`,
        group: {
          name: 'Dev Team 2026',
          description: 'New',
          groupSettings: request.groupSettings,
          isAnnounce: true,
        },
        warnings: [],
      });
      const again = await world.ask('PUT', UPDATE, { ...request, image: undefined });
      expect(again.body.message).toBe('Group is already up to date');
      const { inviteCode: code } = await group.state();
      const cleared = { identifier: link(code), description: '', image: PNG, removeImage: true };
      expect((await world.ask('PUT', UPDATE, cleared)).body).toMatchObject({
        message: 'Group updated successfully: description, image',
        group: { description: '' },
      });
      expect(await group.state()).toMatchObject({ description: '', picture: null });
      const types = [
        'name',
        'topic',
        'picture',
        'locked',
        'announce',
        'member_add_mode',
        'membership_approval',
      ];
      for (const type of types) await world.flow(group.jid, type);
      expect((await world.flow(group.jid, 'topic', 3)).data).toMatchObject({
        value: '',
        actor: { jid: world.own.jid },
      });
      expect((await world.flow(group.jid, 'picture', 2)).data.value).toBe('removed');
    });

    test('says what the first step was refused for; of later steps it warns', async () => {
      const locked = await devTeam(joao, [world.own], { locked: true });
      const update = { identifier: locked.jid, name: 'Mine' };
      expect(await world.ask('PUT', UPDATE, update)).toMatchObject(
        refused(403, 'Not authorized to update group (must be admin)'),
      );
      const open = await devTeam(joao, [world.own]);
      const request = {
        identifier: open.jid,
        name: 'Ours',
        groupSettings: { membersCanSendMessages: false },
      };
      expect((await world.ask('PUT', UPDATE, request)).body).toMatchObject({
        message: 'Group updated successfully: name',
        warnings: [{ field: 'groupSettings.membersCanSendMessages', error: 'forbidden' }],
      });
      await world.own.phone.fault('query-error', { query: 'w:g2/subject', code: 500, count: 1 });
      expect(await world.ask('PUT', UPDATE, { identifier: open.jid, name: 'New' })).toMatchObject(
        refused(500, 'failed to update group: internal-server-error'),
      );
    });

    test('changes nothing when the image is no good', async () => {
      const group = await devTeam(world.own, [joao]);
      const update = { identifier: group.jid, name: 'Changed', image: 'bm8gaW1hZ2U=' };
      expect(await world.ask('PUT', UPDATE, update)).toMatchObject(
        refused(400, 'Image is not a valid image'),
      );
      expect((await group.state()).subject).toBe('Dev Team');
    });
  });

  describe('POST /api/group/participants/:instance', () => {
    const results = async (action: string, jid: string, participants: string[]) => {
      const answer = await world.ask('POST', PARTICIPANTS, { action, identifier: jid, participants });
      expect(answer).toMatchObject({ status: 200, body: { success: true, groupJid: jid, action } });
      return { message: answer.body.message, participants: answer.body.participants };
    };
    const ok = ({ jid }: Member) => ({ jid, success: true });
    const no = (jid: string, code: number, error: string) => ({ jid, success: false, error, code });

    test('adds, promotes, demotes and removes, with a result for each', async () => {
      const group = await devTeam(world.own, [joao]);
      const left = await world.person('Left');
      await group.act('add', { numbers: [left.number] });
      await group.act('leave', { by: left.number });
      const added = [ana.number, joao.jid, shy.number, left.number, '5511900000000', 'x', `+${ana.number}`];
      expect(await results('add', group.jid, added)).toEqual({
        message: 'Added 1 of 6 participants',
        participants: [
          ok(ana),
          no(joao.jid, 409, 'Already a participant of this group'),
          no(shy.jid, 403, "Participant's privacy settings do not allow this"),
          no(left.jid, 408, 'Participant left the group recently'),
          no('5511900000000@s.whatsapp.net', 404, 'Number is not registered on WhatsApp'),
          no('x', 400, 'Invalid number: x'),
        ],
      });
      const stranger = no(shy.jid, 404, 'Not a participant of this group');
      expect(await results('promote', group.jid, [ana.lid, shy.number])).toEqual({
        message: 'Promoted 1 of 2 participants',
        participants: [ok(ana), stranger],
      });
      expect(await results('demote', group.jid, [ana.number])).toMatchObject({ participants: [ok(ana)] });
      expect(await results('remove', group.jid, [ana.jid, ana.lid, shy.number])).toEqual({
        message: 'Removed 1 of 2 participants',
        participants: [ok(ana), stranger],
      });
      for (const type of ['joined', 'promoted', 'demoted', 'left']) {
        const { data } = await world.flow(group.jid, type, type === 'joined' || type === 'left' ? 2 : 1);
        expect(data).toMatchObject({ actor: { jid: world.own.jid }, participants: [{ jid: ana.jid }] });
      }
    });

    test('lets people in or not, by phone or LID', async () => {
      const group = await devTeam(world.own, [joao], { approval: true });
      await group.act('join', { by: ana.number });
      await group.act('join', { by: shy.number });
      const missing = no(joao.jid, 404, 'No pending request from this participant');
      expect(await results('approve', group.jid, [ana.number, joao.number])).toEqual({
        message: 'Approved 1 of 2 participants',
        participants: [ok(ana), missing],
      });
      expect(await results('reject', group.jid, [shy.lid])).toEqual({
        message: 'Rejected 1 of 1 participants',
        participants: [ok(shy)],
      });
      const requests = await world.flow(group.jid, 'membership_request', 3);
      expect(requests.data).toMatchObject({ value: 'rejected', participants: [{ jid: shy.jid }] });
      expect((await world.flow(group.jid, 'joined')).data.participants).toMatchObject([{ jid: ana.jid }]);
    });

    test('a Brazilian number is found with and without its ninth digit', async () => {
      const group = await devTeam(world.own, [joao]);
      const short = ana.number.replace(/^(\d{4})9/, '$1');
      expect(await results('add', group.jid, [short])).toMatchObject({ participants: [ok(ana)] });
      expect(await results('remove', group.jid, [short])).toMatchObject({ participants: [ok(ana)] });
    });

    test('is refused as a whole to members who are no admins', async () => {
      const group = await devTeam(joao, [world.own]);
      for (const action of ['add', 'remove', 'promote', 'demote', 'approve', 'reject']) {
        const request = { action, identifier: group.jid, participants: [ana.number] };
        expect(await world.ask('POST', PARTICIPANTS, request)).toMatchObject(
          refused(403, 'Not authorized to update group participants (must be admin)'),
        );
      }
      await world.own.phone.fault('query-error', { query: 'w:g2/add', code: 500, count: 1 });
      const request = { action: 'add', identifier: group.jid, participants: [ana.number] };
      expect(await world.ask('POST', PARTICIPANTS, request)).toMatchObject(
        refused(500, 'failed to update group participants: internal-server-error'),
      );
    });
  });

  describe('POST /api/group/join/:instance', () => {
    test('joins by code and link, once', async () => {
      const group = await devTeam(joao, [ana]);
      const { inviteCode: code } = await group.state();
      for (const identifier of [link(code), code, `chat.whatsapp.com/invite/${code}?x=1`]) {
        const { status, body } = await world.ask('POST', JOIN, { identifier });
        expect({ status, body }).toEqual({
          status: 200,
          body: {
            success: true,
            message: 'Successfully joined the group',
            groupJid: group.jid,
            requiresApproval: false,
          },
        });
      }
      expect((await group.state()).participants).toHaveLength(3);
      expect((await world.ask('GET', INFO, { identifier: group.jid })).status).toBe(200);
      const { data } = await world.flow(group.jid, 'joined');
      expect(data).toMatchObject({ groupName: 'Dev Team', participants: [{ jid: world.own.jid }] });
    });

    test('waits at the door where admins approve, and stays there once', async () => {
      const group = await devTeam(joao, [ana], { approval: true });
      const { inviteCode: identifier } = await group.state();
      for (let times = 0; times < 2; times++) {
        expect((await world.ask('POST', JOIN, { identifier })).body).toEqual({
          success: true,
          message: 'Join request sent, waiting for admin approval',
          groupJid: group.jid,
          requiresApproval: true,
        });
      }
      expect((await group.state()).requests).toHaveLength(1);
      await group.act('approve', { numbers: [world.own.number] });
      await world.flow(group.jid, 'joined');
      expect((await world.ask('POST', JOIN, { identifier })).body).toMatchObject({ requiresApproval: false });
    });

    test('answers why it cannot be', async () => {
      const group = await devTeam(joao, [ana]);
      const { inviteCode: code } = await group.state();
      await world.own.phone.fault('query-error', { query: 'w:g2/invite', code: 404, count: 1 });
      expect(await world.ask('POST', JOIN, { identifier: code })).toMatchObject(
        refused(404, 'Group not found'),
      );
      await group.act('reset-invite');
      const revoked = 'Invite link has been revoked or expired';
      expect(await world.ask('POST', JOIN, { identifier: code })).toMatchObject(refused(400, revoked));
      const unknown = 'Invalid invite link or code';
      expect(await world.ask('POST', JOIN, { identifier: 'nobodyscode' })).toMatchObject(
        refused(400, unknown),
      );
      const village = await world.group(joao, [world.own], { community: true, addressing }, 'Village');
      await village.act('remove', { numbers: [world.own.number] });
      const { inviteCode: barred } = await village.state();
      expect(await world.ask('POST', JOIN, { identifier: barred })).toMatchObject(
        refused(403, 'Not allowed to join this group'),
      );
    });
  });

  describe('POST /api/group/resetLink/:instance', () => {
    test('makes another code, and the old one is dead', async () => {
      const group = await devTeam(world.own, [joao]);
      const { inviteCode: old } = await group.state();
      const { body } = await world.ask('POST', RESET, { identifier: old });
      const { inviteCode: code } = await group.state();
      expect(code).not.toBe(old);
      expect(body).toEqual({
        success: true,
        message: 'Group invite link reset successfully',
        groupJid: group.jid,
        inviteCode: code,
        inviteLink: link(code),
      });
      expect(await world.ask('POST', RESET, { identifier: old })).toMatchObject(
        refused(400, 'Invite link has been revoked or expired'),
      );
      expect((await world.flow(group.jid, 'invite_link')).data.value).toBe(link(code));
    });

    test('is for admins', async () => {
      const group = await devTeam(joao, [world.own]);
      expect(await world.ask('POST', RESET, { identifier: group.jid })).toMatchObject(
        refused(403, 'Not authorized to reset group invite link (must be admin)'),
      );
      await world.own.phone.fault('query-error', { query: 'w:g2/invite', code: 500, count: 1 });
      expect(await world.ask('POST', RESET, { identifier: group.jid })).toMatchObject(
        refused(500, 'failed to reset group invite link: internal-server-error'),
      );
    });
  });

  describe('GET /api/group/requests/:instance', () => {
    test('names who waits, the first one first', async () => {
      const group = await devTeam(world.own, [joao], { approval: true });
      await group.act('join', { by: ana.number });
      await group.act('join', { by: shy.number });
      const { body } = await world.ask('GET', REQUESTS, { identifier: group.jid });
      expect(body).toEqual({
        success: true,
        message: '2 pending requests found',
        groupJid: group.jid,
        requests: [ana, shy].map(({ jid, lid }) => ({ jid: lid, phoneNumber: jid, requestedAt: TIME })),
        meta: { total: 2 },
      });
      await group.act('cancel', { by: ana.number });
      const { data } = await world.flow(group.jid, 'membership_request', 3);
      expect(data).toMatchObject({ value: 'revoked', actor: { jid: ana.jid } });
      const open = await devTeam(world.own, [joao]);
      expect((await world.ask('GET', REQUESTS, { identifier: open.jid })).body).toMatchObject({
        requests: [],
      });
    });

    test('is for admins', async () => {
      const group = await devTeam(joao, [world.own]);
      expect(await world.ask('GET', REQUESTS, { identifier: group.jid })).toMatchObject(
        refused(403, 'Not authorized to view group requests (must be admin)'),
      );
    });
  });

  describe('DELETE /api/group/leave/:instance', () => {
    test('leaves, and then the group is not there any more', async () => {
      const group = await devTeam(joao, [world.own]);
      expect((await world.ask('DELETE', LEAVE, { identifier: group.jid })).body).toEqual({
        success: true,
        message: 'Successfully left the group',
        groupJid: group.jid,
      });
      expect(await world.ask('DELETE', LEAVE, { identifier: group.jid })).toMatchObject(
        refused(404, NO_GROUP),
      );
      expect((await group.state()).participants).toHaveLength(1);
      const { data } = await world.flow(group.jid, 'left');
      const self = { jid: world.own.jid, lid: world.own.lid };
      expect(data).toMatchObject({ groupName: 'Dev Team', actor: self, participants: [self] });
    });

    test('leaves a community with all of its groups, but not its own one', async () => {
      const village = await world.group(joao, [world.own], { community: true, addressing }, 'Village');
      const group = await devTeam(joao, [world.own]);
      await village.act('link', { group: group.jid });
      await world.flow(group.jid, 'link');
      expect((await world.ask('DELETE', LEAVE, { identifier: village.jid })).status).toBe(200);
      expect((await group.state()).participants).toHaveLength(1);
      expect(await world.ask('GET', INFO, { identifier: group.jid })).toMatchObject(refused(404, NO_GROUP));
      const own = await world.group(world.own, [joao], { community: true, addressing }, 'Mine');
      expect(await world.ask('DELETE', LEAVE, { identifier: own.jid })).toMatchObject(
        refused(403, 'Not allowed to leave this group'),
      );
    });
  });
});

describe('every group route', () => {
  const calls: [string, string, object][] = [
    ['POST', CREATE, { name: 'x', participants: ['5511999999999'] }],
    ['GET', LIST, {}],
    ['GET', INFO, { identifier: '120363000000000007@g.us' }],
    ['PUT', UPDATE, { identifier: '120363000000000007@g.us', name: 'x' }],
    ['POST', PARTICIPANTS, { action: 'add', identifier: '120363000000000007@g.us', participants: ['1'] }],
    ['POST', JOIN, { identifier: 'ABC123XYZ' }],
    ['POST', RESET, { identifier: '120363000000000007@g.us' }],
    ['GET', REQUESTS, { identifier: '120363000000000007@g.us' }],
    ['DELETE', LEAVE, { identifier: '120363000000000007@g.us' }],
  ];

  test.each(calls)('%s %s needs a connection', async (method, path, wanted) => {
    expect(await world.askUnlinked(method, path, wanted)).toMatchObject(
      refused(503, 'Instance is not connected to WhatsApp'),
    );
  });

  const about = calls.filter(
    ([, , wanted]) => 'identifier' in wanted && !('name' in wanted && !wanted.identifier),
  );
  test.each(about.filter(([, path]) => path !== JOIN))(
    '%s %s does not know a group of others',
    async (method, path, wanted) => {
      expect(await world.ask(method, path, wanted)).toMatchObject(refused(404, NO_GROUP));
    },
  );

  test.each(about)('%s %s takes no code that is not one', async (method, path, wanted) => {
    const asked = { ...wanted, identifier: 'unknowncode' };
    expect(await world.ask(method, path, asked)).toMatchObject(refused(400, 'Invalid invite link or code'));
  });

  test.each(calls.filter(([, path]) => path !== LIST))(
    '%s %s says when WhatsApp throttles',
    async (method, path, wanted) => {
      await world.own.phone.fault('query-error', { query: 'w:g2', code: 429 });
      const valid = path === CREATE ? { ...wanted, participants: [joao.number] } : wanted;
      const answer = await world.ask(method, path, valid);
      await world.clearFaults();
      expect(answer).toMatchObject(refused(429, 'WhatsApp rate limit reached. Try again later.'));
      expect(answer.retryAfter).toBe('60');
    },
  );
});
