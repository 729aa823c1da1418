import { beforeAll, describe, expect, test } from 'vitest';
import {
  flowOf,
  type GroupWorld,
  groupWorld,
  type Member,
  refused,
} from '../../http/routes/group/testing.ts';
import { databases } from '../../storage/testing.ts';
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
    await world.own.phone.fault('reject-login', { reason: 503 });
    await world.own.phone.fault('disconnect');
    await world.sales.events.expect('the loss', ({ event, data }) => {
      return event === 'instance.state' && data.state === 'disconnected';
    });
    await group.act('subject', { subject: 'While away' });
    await group.act('remove', { numbers: [ana.number] });
    await other.act('remove', { numbers: [world.own.number] });
    await world.clearFaults();
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

  test('a message of a group is told under its subject, a community says so', async () => {
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
