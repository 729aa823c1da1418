import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../../../storage/testing/databases.ts';
import { startWhatsApp } from '../../../testing/whatsapp.ts';
import {
  type GroupWorld,
  groupPeople,
  inviteLink,
  type Member,
  member,
  OPEN,
  PATHS,
  PNG,
  refused,
} from './testing/groups.ts';

const { CREATE } = PATHS;

const [sqlite] = databases;
const whatsApp = await startWhatsApp();
let world: GroupWorld;
let joao: Member;
let ana: Member;
let shy: Member;
beforeAll(async () => {
  ({ world, joao, ana, shy } = await groupPeople(whatsApp, await sqlite!.open()));
});

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
        inviteLink: inviteLink(inviteCode),
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
    const unregistered = { name: 'Nobody', participants: ['5511900000000', 'x', world.own.number] };
    expect(await world.ask('POST', CREATE, unregistered)).toMatchObject(
      refused(400, 'No valid participants'),
    );
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
