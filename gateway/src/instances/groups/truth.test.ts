import { beforeAll, describe, expect, test } from 'vitest';
import {
  flowOf,
  type GroupWorld,
  groupWorld,
  type Member,
  refused,
} from '../../http/routes/group/testing/groups.ts';
import { databases } from '../../storage/testing/databases.ts';
import type { ReportedEvent } from '../../testing/event-list.ts';
import type { LinkedInstance } from '../../testing/linked-gateway.ts';
import { startWhatsApp } from '../../testing/whatsapp.ts';

const LIST = '/api/group/list/:instance';
const TEXT = '/api/message/text/:instance';
const NO_GROUP = 'Group not found or you are not a member of this group';

const whatsApp = await startWhatsApp();

describe.each(databases)('groups of an instance ($name)', ({ open }) => {
  let world: GroupWorld;
  let joao: Member;
  let ana: Member;
  beforeAll(async () => {
    world = await groupWorld(whatsApp, await open());
    joao = await world.person('João Silva');
    ana = await world.person('Ana');
  });

  const flows = ({ events }: LinkedInstance, jid: string) =>
    events.all().filter(({ event, data }) => event === 'group.flow' && data.groupJid === jid);
  const listed = async ({ call }: LinkedInstance, jid: string) => {
    const { body } = await call('GET', `${LIST}?includeMembers=true`);
    return body.groups.find(({ groupJid }: { groupJid: string }) => groupJid === jid);
  };

  test('what another phone changes is known without asking again', async () => {
    const group = await world.group(joao, [world.own]);
    await world.flow(group.jid, 'create');
    await world.ask('GET', LIST);
    // From here on nothing can be asked of WhatsApp about groups.
    await world.own.phone.fault('query-error', { query: 'w:g2', code: 500 });
    await group.act('subject', { subject: 'Renamed' });
    await group.act('add', { numbers: [ana.number] });
    await group.act('promote', { numbers: [ana.number] });
    await world.flow(group.jid, 'promoted');
    expect(await listed(world.sales, group.jid)).toMatchObject({
      name: 'Renamed',
      memberCount: 3,
      participants: [{ jid: joao.jid }, { jid: world.own.jid }, { jid: ana.jid, isAdmin: true }],
    });
    const sent = await world.ask('POST', TEXT, { number: group.jid, message: 'Hello' });
    expect(sent).toMatchObject({
      status: 200,
      body: { data: { chat: { jid: group.jid, name: 'Renamed', groupName: 'Renamed', type: 'group' } } },
    });
    const { messageId } = sent.body.data as { messageId: string };
    for (const { phone } of [joao, ana]) expect(await phone.sees(messageId)).toMatchObject({ text: 'Hello' });
    await world.clearFaults();
  });

  test('what happened while the instance was away is reported and kept when it is back', async () => {
    const group = await world.group(joao, [world.own, ana]);
    const other = await world.group(joao, [world.own, ana], {}, 'Other');
    await world.flow(other.jid, 'create');
    const connected = ({ event, data }: ReportedEvent) =>
      event === 'instance.state' && data.state === 'connected';
    const connections = world.sales.events.all().filter(connected).length;
    await world.own.phone.fault('reject-login', { reason: 503 });
    await world.own.phone.fault('disconnect');
    await world.sales.events.expect('the loss', ({ event, data }) => {
      return event === 'instance.state' && data.state === 'disconnected';
    });
    await group.act('subject', { subject: 'While away' });
    await group.act('remove', { numbers: [ana.number] });
    await other.act('remove', { numbers: [world.own.number] });
    await world.clearFaults();
    // What happened meanwhile is reported as it comes in, which may be before the session is open.
    await world.sales.events.expect('the return', connected, connections + 1);
    expect((await world.flow(group.jid, 'name')).data).toMatchObject({ value: 'While away' });
    expect((await world.flow(group.jid, 'left')).data).toMatchObject({ participants: [{ jid: ana.jid }] });
    expect((await world.flow(other.jid, 'left')).data).toMatchObject({
      participants: [{ jid: world.own.jid }],
    });
    expect(await listed(world.sales, group.jid)).toMatchObject({ name: 'While away', memberCount: 2 });
    expect(await listed(world.sales, other.jid)).toBeUndefined();
    expect(flows(world.sales, group.jid).map(({ data }) => data.type)).toEqual(['create', 'name', 'left']);
  });

  test('a group that the account is not in, or not any more, gets no messages', async () => {
    const foreign = await world.group(joao, [ana]);
    const left = await world.group(joao, [world.own]);
    await world.flow(left.jid, 'create');
    await left.act('remove', { numbers: [world.own.number] });
    await world.flow(left.jid, 'left');
    for (const { jid } of [foreign, left]) {
      const sent = await world.ask('POST', TEXT, { number: jid, message: 'Hello' });
      expect(sent).toMatchObject(refused(404, NO_GROUP));
    }
  });

  test('a message of a group is reported under its subject, one of a community as such', async () => {
    const village = await world.group(joao, [world.own], { community: true }, 'Village');
    const { subgroups } = await village.state();
    await world.flow(subgroups[0], 'joined');
    const id = await joao.phone.send(subgroups[0], 'News');
    const { data } = await world.sales.exchange(id);
    expect(data.chat).toEqual({
      jid: subgroups[0],
      name: 'Announcements',
      groupName: 'Announcements',
      type: 'group',
      isCommunity: true,
    });
  });

  test('two instances in one group know it each for itself', async () => {
    const second = await world.person('Second');
    const other = await world.gateway.link(second.phone);
    const shared = await world.group(joao, [world.own, second], {}, 'Shared');
    const own = await world.group(joao, [world.own], {}, 'Own');
    for (const instance of [world.sales, other]) await flowOf(instance, shared.jid, 'create');
    await shared.act('promote', { numbers: [world.own.number] });
    await flowOf(other, shared.jid, 'promoted');
    await world.ask('PUT', '/api/group/update/:instance', { identifier: shared.jid, name: 'Renamed' });
    for (const instance of [world.sales, other]) {
      expect((await flowOf(instance, shared.jid, 'name')).data).toMatchObject({
        groupName: 'Renamed',
        actor: { jid: world.own.jid },
      });
      expect(flows(instance, shared.jid).map(({ data }) => data.type)).toEqual([
        'create',
        'promoted',
        'name',
      ]);
    }
    expect(await listed(other, own.jid)).toBeUndefined();
    expect(flows(other, own.jid)).toEqual([]);
    await world.ask('DELETE', '/api/group/leave/:instance', { identifier: shared.jid });
    await flowOf(other, shared.jid, 'left');
    expect(await listed(other, shared.jid)).toMatchObject({ name: 'Renamed', memberCount: 2 });
    expect(await listed(world.sales, shared.jid)).toBeUndefined();
  });
});

const [sqlite] = databases;

describe.each(['lid', 'pn'])('group.flow in a group of %s addresses', (addressing) => {
  test('reports every change by another phone once, in order, with actor and value', async () => {
    const world = await groupWorld(whatsApp, await sqlite!.open());
    const [joao, ana, bia, caio] = [
      await world.person('João Silva'),
      await world.person('Ana'),
      await world.person('Bia'),
      await world.person('Caio'),
    ];
    const group = await world.group(joao, [world.own, ana], { addressing });
    const village = await world.group(joao, [world.own], { addressing, community: true }, 'Village');
    const by = (member: Member, action: string, details: object = {}) =>
      group.act(action, { by: member.number, ...details });

    await by(joao, 'subject', { subject: 'Dev Team 2026' });
    await by(ana, 'description', { description: 'Technical discussions' });
    await by(joao, 'description', { description: '' });
    await by(joao, 'picture', { jpeg: Buffer.from([0xff, 0xd8, 0xff, 1]).toString('base64') });
    await by(ana, 'picture');
    await by(joao, 'rules', { announce: true, locked: true, memberAdd: true, approval: true });
    await by(joao, 'rules', { announce: false });
    await by(joao, 'ephemeral', { seconds: 604_800 });
    await by(joao, 'ephemeral', { seconds: 0 });
    await by(ana, 'add', { numbers: [bia.number] });
    await by(joao, 'promote', { numbers: [world.own.number, bia.number] });
    await by(bia, 'demote', { numbers: [bia.number] });
    await by(joao, 'remove', { numbers: [bia.number] });
    await by(joao, 'reset-invite');
    await by(bia, 'join');
    await by(bia, 'cancel');
    await by(bia, 'join');
    await by(joao, 'reject', { numbers: [bia.number] });
    await by(bia, 'join');
    await by(joao, 'approve', { numbers: [bia.number] });
    await bia.phone.act('change-number', { number: caio.number });
    await by(caio, 'leave');
    await village.act('link', { group: group.jid });
    await village.act('unlink', { group: group.jid });
    await village.act('deactivate');

    await world.flow(village.jid, 'delete');
    const { inviteCode } = await group.state();
    const reported = world.sales.events
      .all()
      .filter(({ event, data }) => event === 'group.flow' && data.groupJid === group.jid)
      .map(({ data: { type, actor, participants, value } }) => [
        type,
        actor.jid,
        participants.map(({ jid }: { jid: string }) => jid),
        value,
      ]);
    expect(reported).toEqual([
      ['create', joao.jid, [joao.jid, world.own.jid, ana.jid], 'Dev Team'],
      ['name', joao.jid, [], 'Dev Team 2026'],
      ['topic', ana.jid, [], 'Technical discussions'],
      ['topic', joao.jid, [], ''],
      ['picture', joao.jid, [], 'changed'],
      ['picture', ana.jid, [], 'removed'],
      ['announce', joao.jid, [], true],
      ['locked', joao.jid, [], true],
      ['member_add_mode', joao.jid, [], true],
      ['membership_approval', joao.jid, [], true],
      ['announce', joao.jid, [], false],
      ['ephemeral', joao.jid, [], 604_800],
      ['ephemeral', joao.jid, [], 0],
      ['joined', ana.jid, [bia.jid], null],
      ['promoted', joao.jid, [world.own.jid, bia.jid], null],
      ['demoted', bia.jid, [bia.jid], null],
      ['left', joao.jid, [bia.jid], null],
      ['invite_link', joao.jid, [], `https://chat.whatsapp.com/${inviteCode}`],
      ['membership_request', bia.jid, [bia.jid], 'created'],
      ['membership_request', bia.jid, [bia.jid], 'revoked'],
      ['membership_request', bia.jid, [bia.jid], 'created'],
      ['membership_request', joao.jid, [bia.jid], 'rejected'],
      ['membership_request', bia.jid, [bia.jid], 'created'],
      ['joined', joao.jid, [bia.jid], null],
      ['changed_number', bia.jid, [caio.jid], null],
      ['left', caio.jid, [caio.jid], null],
      ['link', joao.jid, [], village.jid],
      ['unlink', joao.jid, [], village.jid],
    ]);
  });
});

describe('GET /api/group/list/:instance', () => {
  test.each<[number, number, string]>([
    [429, 429, 'WhatsApp rate limit reached. Try again later.'],
    [500, 500, 'failed to get groups: internal-server-error'],
    [403, 500, 'failed to get groups: forbidden'],
  ])("WhatsApp's %i is answered with %i", async (code, status, message) => {
    const world = await groupWorld(whatsApp, await sqlite!.open());
    const another = await world.person('Another');
    await another.phone.fault('query-error', { query: 'w:g2/participating', code });
    const instance = await world.gateway.link(another.phone);
    const answers = [await instance.call('GET', LIST), await instance.call('GET', LIST)];
    await world.clearFaults();
    for (const answer of answers) expect(answer).toMatchObject(refused(status, message));
    // A throttled account waits out its minute; after anything else the next call asks again.
    expect((await instance.call('GET', LIST)).status).toBe(code === 429 ? 429 : 200);
  });
});
