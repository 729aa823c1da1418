import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../../../storage/testing/databases.ts';
import { startWhatsApp } from '../../../testing/whatsapp.ts';
import {
  ADDRESSINGS,
  type GroupWorld,
  groupPeople,
  inviteLink,
  type Member,
  member,
  NO_GROUP,
  OPEN,
  PATHS,
  PNG,
  refused,
} from './testing/groups.ts';

const { LIST, INFO, UPDATE } = PATHS;
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);

const [sqlite] = databases;
const whatsApp = await startWhatsApp();
let world: GroupWorld;
let joao: Member;
let ana: Member;
beforeAll(async () => {
  ({ world, joao, ana } = await groupPeople(whatsApp, await sqlite!.open()));
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
      for (const identifier of [
        group.jid,
        group.jid.replace('@g.us', ''),
        code,
        `${inviteLink(code)}?mode=x`,
      ]) {
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
            inviteLink: inviteLink(code),
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
      const cleared = { identifier: inviteLink(code), description: '', image: PNG, removeImage: true };
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
});
