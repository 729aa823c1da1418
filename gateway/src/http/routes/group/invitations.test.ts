import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../../../storage/testing/databases.ts';
import { startWhatsApp } from '../../../testing/whatsapp.ts';
import {
  ADDRESSINGS,
  type GroupWorld,
  groupPeople,
  inviteLink,
  type Member,
  PATHS,
  refused,
} from './testing/groups.ts';

const { INFO, JOIN, RESET, REQUESTS } = PATHS;
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);

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

  describe('POST /api/group/join/:instance', () => {
    test('joins by code and link, once', async () => {
      const group = await devTeam(joao, [ana]);
      const { inviteCode: code } = await group.state();
      for (const identifier of [inviteLink(code), code, `chat.whatsapp.com/invite/${code}?x=1`]) {
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
        inviteLink: inviteLink(code),
      });
      expect(await world.ask('POST', RESET, { identifier: old })).toMatchObject(
        refused(400, 'Invite link has been revoked or expired'),
      );
      expect((await world.flow(group.jid, 'invite_link')).data.value).toBe(inviteLink(code));
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
});
