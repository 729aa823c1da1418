import { beforeAll, describe, expect, test } from 'vitest';
import { Channels } from '../../../events/channels.ts';
import { addWebhook, emitOne, testOutbox } from '../../../events/testing/events.ts';
import { DeliveryQueue } from '../../../events/webhooks/delivery-queue.ts';
import { judge } from '../../../events/webhooks/verdict.ts';
import type { DeliveryRow, WebhookRow } from '../../../storage/schema.ts';
import { databases, type TestStorage } from '../../../storage/testing/databases.ts';
import { testGateway } from '../../testing/gateway.ts';
import { eventRoutes } from './index.ts';

const START = '2026-04-28T10:30:00Z';

describe.each(databases)('what was sent and what happened on $name', ({ open }) => {
  let storage: TestStorage;
  beforeAll(async () => {
    storage = await open();
  });

  async function setup({ eventLogDays = 7 } = {}) {
    const woken: string[] = [];
    const gateway = await testGateway({
      storage,
      routes: (services) =>
        eventRoutes({
          ...services,
          storage,
          allowed: [],
          channels: new Channels(services),
          courier: { wake: (ids) => void woken.push(...ids) },
          baseUrl: () => 'https://gateway.example',
          eventLogDays,
        }),
    });
    const { db, seal, clock } = gateway;
    const account = await gateway.account();
    const { id, token } = await gateway.instance(account, 'sales');
    const { outbox, channels } = testOutbox(db, seal, { clock });
    const queue = new DeliveryQueue(storage);

    async function hook(values: Partial<WebhookRow> = {}) {
      const row = await addWebhook(db, seal, id, { label: 'default', ...values });
      channels.changed(id);
      return row;
    }
    /** Events one second after another; returns their ids. */
    async function emit(...events: Partial<Parameters<typeof emitOne>[2] & object>[]): Promise<string[]> {
      for (const event of events) {
        await emitOne(outbox, id, event);
        clock.advance(1_000);
      }
      const rows = db.selectFrom('events').select('id').where('instance_id', '=', id).orderBy('id');
      return (await rows.execute()).map((row) => row.id).slice(-events.length);
    }
    const rows = () =>
      db.selectFrom('deliveries').selectAll().where('instance_id', '=', id).orderBy('event_id').execute();
    const mark = (values: Partial<DeliveryRow>, eventIds: string[]) =>
      db.updateTable('deliveries').set(values).where('event_id', 'in', eventIds).execute();
    /** Works off what the webhook would be sent now, in order; every attempt ends with this status. */
    async function attempts(webhook: WebhookRow, status: number): Promise<string[]> {
      const sent: string[] = [];
      for (;;) {
        const { runs } = (await queue.claim([webhook.id], clock.time))[0]!;
        if (runs.length === 0) return sent;
        for (const { claimId, deliveryIds } of runs) {
          for (const deliveryId of deliveryIds) {
            const attempt = await queue.attempt(deliveryId, claimId);
            sent.push(`${attempt?.eventId} ${attempt?.number}`);
            const verdict = judge({ status, retryAfter: undefined }, attempt!.number, clock.time, () => 0.5);
            await queue.settle(attempt!, claimId, verdict, clock.time);
          }
        }
      }
    }
    const get = (path: string) => gateway.call('GET', `/api/events/${path}`, { token });
    const replay = (body: unknown) => gateway.call('POST', '/api/events/replay/sales', { token, body });
    return { ...gateway, account, id, token, woken, hook, emit, rows, mark, attempts, get, replay };
  }

  const DEAD = { status: 'dead', attempts: 10, http_status: 500, error: 'http_status' } as const;
  const texts = (answer: { status: number; body: { error?: { message: string } } }) => [
    answer.status,
    answer.body.error?.message,
  ];

  describe('GET /api/events/deliveries/:instance', () => {
    test('are listed newest first, with the result of the last attempt', async () => {
      const { hook, emit, attempts, get } = await setup();
      const webhook = await hook();
      const [first, second] = await emit({}, { kind: 'call.update' });
      await attempts(webhook, 500);
      const answer = await get('deliveries/sales');
      expect([answer.status, answer.body.message]).toEqual([200, 'Deliveries retrieved']);
      expect(answer.body.deliveries.map((row: { eventId: string }) => row.eventId)).toEqual([second, first]);
      expect(answer.body.deliveries[1]).toEqual({
        id: expect.stringMatching(/^dlv_[0-9A-Z]{26}$/),
        eventId: first,
        event: 'message.exchange',
        label: 'default',
        status: 'pending',
        attempts: 1,
        maxAttempts: 10,
        httpStatus: 500,
        error: 'http_status',
        replayed: false,
        createdAt: START,
        lastAttemptAt: '2026-04-28T10:30:02Z',
        nextAttemptAt: '2026-04-28T10:30:07Z',
      });
      expect(answer.body.nextCursor).toBeNull();
    });

    test('pages follow each other without gap or overlap, with any mix of statuses', async () => {
      const { hook, emit, mark, get } = await setup();
      await hook();
      const events = await emit(...Array.from({ length: 7 }, () => ({})));
      await mark({ status: 'delivered' }, [events[1]!, events[4]!]);
      await mark({ status: 'dead' }, [events[2]!]);
      const seen: string[] = [];
      let cursor = '';
      do {
        const { body } = await get(`deliveries/sales?limit=2&cursor=${cursor}`);
        seen.push(...body.deliveries.map((row: { eventId: string }) => row.eventId));
        cursor = body.nextCursor;
      } while (cursor !== null);
      expect(seen).toEqual(events.toReversed());
    });

    test('are filtered by status, label and event', async () => {
      const { hook, emit, mark, get } = await setup();
      await hook();
      await hook({ label: 'other', events: '["call.update"]' });
      const [first, second] = await emit({}, { kind: 'call.update' });
      await mark({ status: 'dead' }, [first!]);
      const found = async (query: string) =>
        (await get(`deliveries/sales?${query}`)).body.deliveries.map(
          (row: { eventId: string; label: string }) => `${row.label} ${row.eventId}`,
        );
      expect(await found('status=dead')).toEqual([`default ${first}`]);
      expect(await found('label=other')).toEqual([`other ${second}`]);
      expect(await found('event=message.exchange&status=&label=')).toEqual([`default ${first}`]);
      expect(await found('label=nobody')).toEqual([]);
    });

    test.each([
      ['status=done', 'Status must be one of: pending, delivered, dead'],
      ['event=x', 'Invalid event: x'],
      ['limit=0', 'Limit must be between 1 and 200'],
      ['limit=201', 'Limit must be between 1 and 200'],
      ['limit=2.5', 'Limit must be between 1 and 200'],
      ['cursor=x', 'Invalid cursor'],
    ])('%s is refused', async (query, message) => {
      const { get } = await setup();
      expect(texts(await get(`deliveries/sales?${query}`))).toEqual([400, message]);
    });

    test('those of another instance are not there', async () => {
      const { call, instance, account, hook, emit } = await setup();
      await hook();
      await emit({});
      const other = await instance(account, 'other');
      const { body } = await call('GET', '/api/events/deliveries/other', { token: other.token });
      expect(body.deliveries).toEqual([]);
    });
  });

  describe('POST /api/events/replay/:instance', () => {
    test('a dead delivery is sent again with its bytes, counting from one on', async () => {
      const { hook, emit, rows, mark, attempts, replay, woken } = await setup();
      const webhook = await hook();
      const [event] = await emit({});
      await mark({ ...DEAD, next_attempt_at: null, ended_at: 1 }, [event!]);
      const [before] = await rows();
      const answer = await replay({ id: before!.id });
      expect([answer.status, answer.body]).toEqual([
        200,
        { success: true, message: 'Replay scheduled', replay: { label: 'default', scheduled: 1 } },
      ]);
      expect(woken).toEqual([webhook.id]);
      expect(await rows()).toMatchObject([
        { id: before!.id, status: 'pending', attempts: 0, replayed: 1, error: null, ended_at: null },
      ]);
      expect((await rows())[0]?.body_sealed).toEqual(before!.body_sealed);
      expect(await attempts(webhook, 500)).toEqual([`${event} 1`]);
      expect(await rows()).toMatchObject([{ status: 'pending', attempts: 1, replayed: 1 }]);
    });

    test('a pending retry is replaced, a first attempt to come is not', async () => {
      const { hook, emit, rows, mark, replay } = await setup();
      await hook();
      const [tried, untried] = await emit({}, {});
      await mark({ attempts: 4, next_attempt_at: 9e12, claim_id: 'c', claimed_until: 9e12 }, [tried!]);
      expect((await replay({ id: tried })).body.replay.scheduled).toBe(1);
      expect((await replay({ id: untried })).body.replay.scheduled).toBe(0);
      expect(await rows()).toMatchObject([
        { attempts: 0, replayed: 1, claim_id: null },
        { attempts: 0, replayed: 0 },
      ]);
    });

    test('an event that the webhook never got is sent to it, from the log', async () => {
      const { seal, hook, emit, rows, attempts, replay } = await setup();
      const [event] = await emit({ kind: 'call.update', data: { b: 1, a: 2 }, lane: 'chat' });
      const webhook = await hook({ include_token: 0 });
      expect((await replay({ id: event })).body.replay.scheduled).toBe(1);
      const [row] = await rows();
      expect(row).toMatchObject({
        webhook_id: webhook.id,
        lane: 'chat',
        event_kind: 'call.update',
        replayed: 1,
      });
      expect(seal.open(row!.body_sealed, `delivery:${row!.id}:body`).toString()).toBe(
        `{"event":"call.update","eventId":"${event}","data":{"b":1,"a":2},` +
          '"instanceData":{"baseUrl":"https://gateway.example","instance":"sales"}}',
      );
      expect(await attempts(webhook, 200)).toEqual([`${event} 1`]);
    });

    test('a range takes the dead ones of its time and events, to be sent in event order behind first attempts', async () => {
      const { hook, emit, mark, attempts, replay } = await setup();
      const webhook = await hook();
      const kinds = ['message.exchange', 'call.update', 'message.exchange', 'message.exchange'] as const;
      const [a, b, c, d] = await emit(...kinds.map((kind) => ({ kind })), {});
      await mark(DEAD, [a!, b!, c!, d!]);
      const range = { from: START, to: '2026-04-28T07:30:03-03:00', events: ['message.exchange'] };
      expect((await replay(range)).body.replay.scheduled).toBe(2);
      const [fresh] = (await emit({})).slice(-1);
      const sent = await attempts(webhook, 200);
      expect(sent.slice(-2)).toEqual([`${a} 1`, `${c} 1`]);
      expect(sent).toContain(`${fresh} 1`);
      expect(sent).toHaveLength(4);
    });

    test('a range of all takes every logged event that passes the filter, delivered or not, made anew', async () => {
      const { db, id, seal, call, token, hook, emit, rows, mark } = await setup();
      const [early] = await emit({ kind: 'call.update' });
      await hook({ events: '["message.exchange","call.update"]' });
      const [sent, , dead, fresh] = await emit({}, { kind: 'group.flow' }, {}, {});
      await mark({ status: 'delivered', attempts: 1 }, [sent!]);
      await mark(DEAD, [dead!]);
      await db.updateTable('instances').set({ name: 'renamed' }).where('id', '=', id).execute();
      const range = { from: START, to: '2026-04-29T00:00:00Z', scope: 'all' };
      const answer = await call('POST', '/api/events/replay/renamed', { token, body: range });
      expect(answer.body.replay.scheduled).toBe(3);
      const all = await rows();
      expect(all.map((row) => [row.event_id, row.replayed])).toEqual([
        [early, 1],
        [sent, 1],
        [dead, 1],
        [fresh, 0],
      ]);
      const body = seal.open(all[1]!.body_sealed, `delivery:${all[1]!.id}:body`).toString();
      expect(JSON.parse(body).instanceData.instance).toBe('renamed');
    });

    test.each([
      [{}, 400, 'Either id or from and to is required'],
      [{ from: START }, 400, 'Either id or from and to is required'],
      [{ id: 'evt_x', to: START }, 400, 'Send either id or from and to, not both'],
      [{ id: 5 }, 400, 'Invalid request body'],
      [{ id: 'x', events: 'all' }, 400, 'Invalid request body'],
      [{ from: START, to: START, scope: 'some' }, 400, 'Scope must be one of: dead, all'],
      [{ from: START, to: START, events: ['x'] }, 400, 'Invalid event: x'],
      [{ from: '2026-04-28T10:30:00', to: START }, 400, 'From must be an RFC 3339 date-time with time zone'],
      [{ from: '2026-02-30T10:30:00Z', to: START }, 400, 'From must be an RFC 3339 date-time with time zone'],
      [{ from: START, to: 'tomorrow' }, 400, 'To must be an RFC 3339 date-time with time zone'],
      [{ from: START, to: START }, 400, 'To must be after from'],
      [
        { from: START, to: '2026-05-12T10:30:01Z' },
        400,
        'Replay range too large: at most 14 days and 10000 deliveries',
      ],
      [{ id: 'dlv_x' }, 404, 'Delivery not found'],
      [{ id: `evt_${'0'.repeat(26)}` }, 404, 'Event not found'],
      [{ id: 'dlv_x', label: 'nobody' }, 404, 'Webhook not configured for label nobody'],
      [{ id: 'dlv_x', label: 'off' }, 409, 'Webhook off is disabled'],
    ])('%j answers %i %s', async (body, status, message) => {
      const { hook, replay } = await setup();
      await hook();
      await hook({ label: 'off', enabled: 0 });
      expect(texts(await replay(body))).toEqual([status, message]);
    });

    test('deliveries and events of another instance are not found', async () => {
      const { hook, emit, rows, call, instance, account, db, seal } = await setup();
      await hook();
      const [event] = await emit({});
      const [delivery] = await rows();
      const other = await instance(account, 'other');
      await addWebhook(db, seal, other.id, { label: 'default' });
      for (const id of [event, delivery!.id]) {
        const answer = await call('POST', '/api/events/replay/other', { token: other.token, body: { id } });
        expect(answer.status).toBe(404);
      }
    });

    test('more than ten thousand deliveries are refused, and none of them is put back', async () => {
      const { db, clock, id, hook, rows, replay } = await setup();
      const webhook = await hook();
      const row = (n: number) => ({
        id: `dlv_${webhook.id}${n}`,
        event_id: `evt_01KQ9NAK40${String(n).padStart(16, '0')}`,
        webhook_id: webhook.id,
        instance_id: id,
        event_kind: 'call.update',
        lane: '',
        ...DEAD,
        replayed: 0,
        body_sealed: Buffer.of(0),
        created_at: clock.time,
      });
      for (let n = 0; n < 10_001; n += 1_000) {
        const values = Array.from({ length: Math.min(1_000, 10_001 - n) }, (_, i) => row(n + i));
        await db.insertInto('deliveries').values(values).execute();
      }
      const range = { from: '2026-04-20T00:00:00Z', to: '2026-05-01T00:00:00Z' };
      expect(texts(await replay(range))[1]).toMatch(/^Replay range too large/);
      await db.deleteFrom('deliveries').where('id', '=', row(7).id).execute();
      expect((await replay(range)).body.replay.scheduled).toBe(10_000);
      expect((await rows()).every(({ status, replayed }) => status === 'pending' && replayed === 1)).toBe(
        true,
      );
      await db.deleteFrom('deliveries').execute();
    });
  });

  describe('GET /api/events/log/:instance', () => {
    test('holds every event, also those that no webhook wants, oldest first, without tokens', async () => {
      const { emit, get } = await setup();
      const ids = await emit({ data: { n: 1 } }, { kind: 'contact.identity', data: { n: 2 } });
      const answer = await get('log/sales');
      const instanceData = { baseUrl: 'https://gateway.example', instance: 'sales' };
      expect([answer.status, answer.body]).toEqual([
        200,
        {
          success: true,
          message: 'Events retrieved',
          events: [
            { event: 'message.exchange', eventId: ids[0], data: { n: 1 }, instanceData },
            { event: 'contact.identity', eventId: ids[1], data: { n: 2 }, instanceData },
          ],
          nextCursor: ids[1],
          hasMore: false,
        },
      ]);
    });

    test('is read on from a cursor, page by page, and from the latest position', async () => {
      const { emit, get } = await setup();
      const empty = await get('log/sales?cursor=latest');
      expect(empty.body).toMatchObject({ events: [], nextCursor: null, hasMore: false });
      const ids = await emit({}, {}, { kind: 'call.update' });
      const first = await get('log/sales?limit=2');
      expect(first.body).toMatchObject({ nextCursor: ids[1], hasMore: true });
      const second = await get(`log/sales?cursor=${first.body.nextCursor}`);
      expect(second.body).toMatchObject({
        events: [{ eventId: ids[2] }],
        nextCursor: ids[2],
        hasMore: false,
      });
      const none = await get(`log/sales?cursor=${ids[2]}`);
      expect(none.body).toMatchObject({ events: [], nextCursor: ids[2], hasMore: false });
      expect((await get('log/sales?cursor=latest')).body).toMatchObject({ events: [], nextCursor: ids[2] });
      const filtered = await get('log/sales?events=call.update,group.flow');
      expect(filtered.body.events).toMatchObject([{ eventId: ids[2] }]);
    });

    test('a cursor that has missed events is refused, one that has not goes on', async () => {
      const { db, id, emit, get } = await setup();
      const [a, b, c] = await emit({}, {}, {});
      await db.updateTable('instances').set({ events_forgotten_to: b! }).where('id', '=', id).execute();
      await db.deleteFrom('events').where('id', 'in', [a!, b!]).execute();
      expect(texts(await get(`log/sales?cursor=${a}`))).toEqual([400, 'Cursor is older than the event log']);
      expect((await get(`log/sales?cursor=${b}`)).body.events).toMatchObject([{ eventId: c }]);
      await db.deleteFrom('events').where('id', '=', c!).execute();
      await db.updateTable('instances').set({ events_forgotten_to: c! }).where('id', '=', id).execute();
      expect((await get('log/sales?cursor=latest')).body.nextCursor).toBe(c);
      expect((await get(`log/sales?cursor=${c}`)).body).toMatchObject({ events: [], nextCursor: c });
    });

    test.each([
      ['cursor=x', 400, 'Invalid cursor'],
      [`cursor=evt_${'Z'.repeat(26)}`, 400, 'Invalid cursor'],
      ['limit=501', 400, 'Limit must be between 1 and 500'],
      ['events=x', 400, 'Invalid event: x'],
      ['events=call.update,', 400, 'Invalid event: '],
    ])('%s answers %i %s', async (query, status, message) => {
      const { get } = await setup();
      expect(texts(await get(`log/sales?${query}`))).toEqual([status, message]);
    });

    test('there is none when the operator keeps none', async () => {
      const { get } = await setup({ eventLogDays: 0 });
      expect(texts(await get('log/sales'))).toEqual([404, 'Event log is disabled']);
    });
  });
});
