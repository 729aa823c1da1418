import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../../../storage/testing/databases.ts';
import { startWhatsApp } from '../../../testing/whatsapp.ts';
import {
  ADDRESSINGS,
  type GroupWorld,
  groupPeople,
  type Member,
  NO_GROUP,
  PATHS,
  refused,
} from './testing/groups.ts';

const { INFO, PARTICIPANTS, LEAVE } = PATHS;

const [sqlite] = databases;
const whatsApp = await startWhatsApp();
let world: GroupWorld;
let joao: Member;
let ana: Member;
let shy: Member;
beforeAll(async () => {
  ({ world, joao, ana, shy } = await groupPeople(whatsApp, await sqlite!.open()));
});

describe.each(ADDRESSINGS)('groups of %s addresses', (addressing) => {
  const devTeam = (owner: Member, others: Member[], options: object = {}) =>
    world.group(owner, others, { addressing, ...options });

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
