import { describe, expect, it } from 'vitest';
import { databases } from '../../../storage/testing/databases.ts';
import { tenantGateway } from '../../testing/instances.ts';

const LIST = '/api/instance/list';
const DAY = 24 * 3_600_000;

async function setup(open: (typeof databases)[number]['open']) {
  const gateway = await tenantGateway(await open());
  const owner = await gateway.account();
  const names = async (query = '', token = owner.token) => {
    const { status, body } = await gateway.call('GET', `${LIST}${query}`, { token });
    if (status !== 200) return `${status} ${body.error.message}`;
    expect(body.meta.total).toBe(body.instances.length);
    return [body.message, ...body.instances.map(({ name }: { name: string }) => name)];
  };
  return { ...gateway, owner, names };
}

describe.each(databases)('GET /api/instance/list on $name', ({ open }) => {
  it('shows what the token owns, oldest first, filtered by name', async () => {
    const { names, instance, account, owner, clock } = await setup(open);
    expect(await names()).toEqual(['0 Instances found']);
    for (const name of ['c', 'a', 'b']) {
      await instance(owner, name);
      clock.advance(1);
    }
    const other = await account();
    const foreign = await instance(other, 'z');
    expect(await names()).toEqual(['3 Instances found', 'c', 'a', 'b']);
    expect(await names('?instanceName=a')).toEqual(['1 Instance found', 'a']);
    expect(await names('?instanceName=b,%20c,,b,nowhere')).toEqual(['2 Instances found', 'c', 'b']);
    expect(await names('?instanceName=nowhere,nobody')).toEqual(['0 Instances found']);
    expect(await names('?instanceName=')).toHaveLength(4);
    expect(await names('?instanceName=,,')).toHaveLength(4);
    expect(await names('?instanceName=nowhere,')).toBe('404 Instance not found');
    expect(await names('?instanceName=z')).toBe('404 Instance not found');
    expect(await names('?instanceName=a', foreign.token)).toEqual(['1 Instance found', 'z']);
  });

  it('shows each instance with its own channels', async () => {
    const { call, owner, clock } = await setup(open);
    const create = (name: string) =>
      call('POST', '/api/instance/new', {
        token: owner.token,
        body: {
          name,
          webhookEnabled: true,
          webhookURL: `https://${name}.example/wh`,
          websocketEnabled: name === 'b',
        },
      });
    await create('a');
    clock.advance(1);
    await create('b');
    const { body } = await call('GET', LIST, { token: owner.token });
    expect(
      body.instances.map(
        ({
          name,
          webhook,
          websocket,
        }: {
          name: string;
          webhook: { url: string };
          websocket: { enabled: boolean };
        }) => [name, webhook.url, websocket.enabled],
      ),
    ).toEqual([
      ['a', 'https://a.example/wh', false],
      ['b', 'https://b.example/wh', true],
    ]);
  });
});

describe.each(databases)('DELETE /api/instance/delete/:instance on $name', ({ open }) => {
  it('takes everything away and frees name and token', async () => {
    const { call, db, owner, supervisor, instance } = await setup(open);
    const token = 'custom-token-of-mine';
    await instance(owner, 'mine', token);
    await call('POST', '/api/events/webhook/mine', { token });
    const gone = await call('DELETE', '/api/instance/delete/mine', { token: owner.token });
    expect(gone.body).toEqual({
      success: true,
      message: 'Instance deleted',
      instance: { status: 'deleted' },
    });
    expect(supervisor.calls).toEqual(['remove mine']);
    expect(await db.selectFrom('instances').selectAll().execute()).toEqual([]);
    const again = await call('DELETE', '/api/instance/delete/mine', { token: owner.token });
    expect([again.status, again.body.error.message]).toEqual([404, 'Instance not found']);
    await instance(owner, 'mine', token);
  });

  it('that fails leaves the instance, and can be repeated', async () => {
    const { call, owner, supervisor, instance, names } = await setup(open);
    await instance(owner, 'mine');
    supervisor.broken = new Error('stuck');
    const failed = await call('DELETE', '/api/instance/delete/mine', { token: owner.token });
    expect(failed.status).toBe(500);
    expect(failed.body.error.message).toMatch(/^Failed to delete instance: /);
    expect(await names()).toEqual(['1 Instance found', 'mine']);
    supervisor.broken = null;
    expect((await call('DELETE', '/api/instance/delete/mine', { token: owner.token })).status).toBe(200);
  });
});

describe.each(databases)('GET /api/instance/metrics/:instance on $name', ({ open }) => {
  async function counted() {
    const gateway = await setup(open);
    const { db, clock, owner, instance, call } = gateway;
    const [a, b] = [await instance(owner, 'a'), await instance(owner, 'b')];
    let n = 0;
    const store = (instanceId: string, chat: string, type: string, values: object = {}) =>
      db
        .insertInto('messages')
        .values({
          instance_id: instanceId,
          chat,
          message_id: `m${n++}`,
          from_me: 0,
          type,
          content: '',
          source: 'unknown',
          is_group: chat.endsWith('@g.us') ? 1 : 0,
          content_proto: Buffer.alloc(0),
          sent_at: clock.now(),
          stored_at: clock.now(),
          ...values,
        })
        .execute();
    const metrics = async (names: string) => {
      const { status, body } = await call('GET', `/api/instance/metrics/${names}`, { token: owner.token });
      return status === 200 ? body.metrics : `${status} ${body.error.message}`;
    };
    return { ...gateway, a, b, store, metrics };
  }

  it('are zero and null without messages', async () => {
    const { metrics } = await counted();
    expect(await metrics('a')).toEqual({
      instance: 'a',
      totalMessages: 0,
      messagesReceived: 0,
      messagesSent: 0,
      messagesByType: { text: 0, image: 0, audio: 0, video: 0, document: 0, sticker: 0 },
      groupMessages: 0,
      individualMessages: 0,
      messagesWithMedia: 0,
      mediaByType: { image: 0, audio: 0, video: 0, document: 0, sticker: 0 },
      messagesByStatus: { pending: 0, sent: 0, delivered: 0, read: 0, played: 0, failed: 0 },
      uniqueChats: 0,
      uniqueGroups: 0,
      uniqueContacts: 0,
      messagesLast7Days: 0,
      messagesLast30Days: 0,
      firstMessageAt: null,
      lastMessageAt: null,
    });
  });

  it('count messages by every aspect, of several instances together', async () => {
    const { metrics, store, a, b, clock } = await counted();
    const now = clock.now();
    await store(a.id, 'contact-1', 'text', { sent_at: now - 40 * DAY });
    await store(a.id, 'contact-1', 'image', { from_me: 1, status: 'read', sent_at: now - 20 * DAY });
    await store(a.id, '1@g.us', 'poll', { from_me: 1, status: null });
    await store(a.id, '5@newsletter', 'text');
    for (const type of ['reaction', 'message_edit', 'message_revoke']) await store(a.id, 'contact-1', type);
    await store(a.id, 'status@broadcast', 'text');
    await store(b.id, 'contact-1', 'text');
    expect(await metrics('a')).toMatchObject({
      totalMessages: 4,
      messagesReceived: 2,
      messagesSent: 2,
      messagesByType: { text: 2, image: 1, audio: 0, video: 0, document: 0, sticker: 0, poll: 1 },
      groupMessages: 1,
      individualMessages: 3,
      messagesWithMedia: 1,
      mediaByType: { image: 1, audio: 0, video: 0, document: 0, sticker: 0 },
      messagesByStatus: { pending: 0, sent: 1, delivered: 0, read: 1, played: 0, failed: 0 },
      uniqueChats: 3,
      uniqueGroups: 1,
      uniqueContacts: 1,
      messagesLast7Days: 2,
      messagesLast30Days: 3,
      firstMessageAt: '2026-03-19T10:30:00Z',
      lastMessageAt: '2026-04-28T10:30:00Z',
    });
    expect(await metrics('a,%20b,,a')).toMatchObject({
      instance: 'a, b,,a',
      totalMessages: 5,
      uniqueChats: 4,
      uniqueContacts: 2,
      messagesByType: { text: 3, poll: 1 },
    });
  });

  it('check each name in order', async () => {
    const { metrics, account, instance } = await counted();
    await instance(await account(), 'foreign');
    expect(await metrics('a,foreign,nowhere')).toBe('403 Instance does not belong to your account');
    expect(await metrics('a,nowhere,foreign')).toBe('404 Instance not found');
    expect(await metrics(',,')).toBe('400 Instance name is required');
    const many = Array.from({ length: 101 }, (_, i) => `n${i}`).join(',');
    expect(await metrics(many)).toBe('400 At most 100 instances can be requested');
  });
});
