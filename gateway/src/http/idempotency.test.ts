import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { failure } from '../failure.ts';
import { databases } from '../storage/testing/databases.ts';
import { createLog } from '../telemetry/log.ts';
import { Idempotency } from './idempotency.ts';
import { route } from './route.ts';
import { testGateway } from './testing/gateway.ts';

const SEND = '/api/send/mine';

/** A route that notes what it sends and ends as the test says. */
async function setup(open: (typeof databases)[number]['open']) {
  const sent: string[] = [];
  let end: () => Promise<object> | object = () => ({ success: true, n: sent.length });
  const gateway = await testGateway({
    storage: await open(),
    routes: () => [
      route({
        method: 'POST',
        path: '/api/send/:instance',
        summary: 'send',
        access: { to: 'instance' },
        body: z.object({ text: z.string() }),
        idempotent: true,
        async handle({ body, header }) {
          sent.push(body.text);
          header('X-Message-Id', `M${sent.length}`);
          return { body: await end() };
        },
      }),
    ],
  });
  const owner = await gateway.account();
  const mine = await gateway.instance(owner, 'mine');
  await gateway.instance(owner, 'other');
  const send = (key: string, text = 'hi', { token = mine.token, url = SEND } = {}) =>
    gateway.call('POST', url, { token, body: { text }, headers: { 'idempotency-key': key } });
  const ends = (how: typeof end) => {
    end = how;
  };
  return { ...gateway, owner, mine, sent, send, ends };
}

describe.each(databases)('an Idempotency-Key on $name', ({ open }) => {
  it('gives the first answer again and sends nothing', async () => {
    const { send, sent, records, mine } = await setup(open);
    const first = await send('k');
    expect([first.status, first.body, first.headers['idempotent-replayed']]).toEqual([
      200,
      { success: true, n: 1 },
      undefined,
    ]);
    const { token } = await records.rotateToken(mine.row, { token: undefined, graceSeconds: 0 });
    const again = await send('k', 'hi', { token });
    expect([again.status, again.body, again.headers['idempotent-replayed']]).toEqual([
      200,
      first.body,
      'true',
    ]);
    expect(again.headers['x-ratelimit-remaining']).toBe('98');
    expect(again.headers['x-message-id']).toBe('M1');
    expect(sent).toHaveLength(1);
  });

  it('belongs to its principal', async () => {
    const { send, sent, owner } = await setup(open);
    await send('k');
    await send('k', 'hi', { token: owner.token });
    expect(sent).toHaveLength(2);
  });

  it('refuses another body or path under the same key', async () => {
    const { send, owner } = await setup(open);
    await send('k', 'hi', { token: owner.token });
    for (const answer of [
      await send('k', 'bye', { token: owner.token }),
      await send('k', 'hi', { token: owner.token, url: '/api/send/other' }),
    ]) {
      expect([answer.status, answer.body.error.message]).toEqual([
        409,
        'Idempotency-Key was used with another request',
      ]);
    }
  });

  it('lets one of many parallel requests send', async () => {
    const { send, sent, ends } = await setup(open);
    const gate = Promise.withResolvers<object>();
    ends(() => gate.promise);
    const refused: string[] = [];
    const requests = Array.from({ length: 5 }, async () => {
      const { status, body } = await send('k');
      if (status === 409) refused.push(body.error.message);
      return status;
    });
    await expect.poll(() => refused).toHaveLength(4);
    expect(new Set(refused)).toEqual(new Set(['A request with this Idempotency-Key is still in progress']));
    gate.resolve({ success: true });
    expect((await Promise.all(requests)).sort()).toEqual([200, 409, 409, 409, 409]);
    expect(sent).toHaveLength(1);
  });

  it.each([
    ['a failed send', () => failure('message_failed', { reason: 'x' }), 1],
    ['an unacknowledged send', () => failure('message_unacknowledged'), 1],
    ['a refusal before the send', () => failure('number_unregistered'), 2],
    ['a missing connection', () => failure('instance_not_connected'), 2],
    ['WhatsApp’s throttling', () => failure('message_throttled'), 2],
  ])('keeps or frees the key after %s', async (_, error, times) => {
    const { send, sent, ends } = await setup(open);
    ends(() => {
      throw error();
    });
    const first = await send('k');
    const second = await send('k');
    expect(second.body).toEqual(first.body);
    expect(second.headers['idempotent-replayed']).toBe(times === 1 ? 'true' : undefined);
    expect(second.headers['x-message-id']).toBe(`M${times}`);
    expect(sent).toHaveLength(times);
  });

  it('keeps nothing of a request that never reached the operation', async () => {
    const { call, mine, sent, send } = await setup(open);
    const headers = { 'idempotency-key': 'k' };
    expect((await call('POST', SEND, { token: mine.token, body: {}, headers })).status).toBe(400);
    expect((await send('k')).status).toBe(200);
    expect(sent).toHaveLength(1);
  });

  it('says that the outcome is unknown after a crash, and never sends again', async () => {
    const { db, send, sent, mine } = await setup(open);
    await send('k');
    await db
      .updateTable('idempotency_keys')
      .set({ state: 'running', owner: 'a process that died' })
      .execute();
    const answer = await send('k');
    expect([answer.status, answer.body.error.message]).toEqual([
      409,
      'The outcome of the first request with this Idempotency-Key is unknown',
    ]);
    expect(sent).toHaveLength(1);
    expect(mine.id).toBeTruthy();
  });

  it('answers the same after a defect, when it is unknown how far the work came', async () => {
    const { send, sent, ends } = await setup(open);
    ends(() => {
      throw new Error('defect');
    });
    expect((await send('k')).status).toBe(500);
    expect((await send('k')).body.error.message).toMatch(/outcome .* is unknown/);
    expect(sent).toHaveLength(1);
  });

  it('is forgotten after a day', async () => {
    const { send, sent, clock, db, log } = await setup(open);
    await send('k');
    await send('kept');
    clock.advance(24 * 3_600_000 - 1);
    expect((await send('k')).headers['idempotent-replayed']).toBe('true');
    clock.advance(1);
    expect((await send('k', 'other body')).status).toBe(200);
    expect(sent).toHaveLength(3);
    await new Idempotency({ db, clock, log, owner: randomUUID() }).sweep();
    const left = await db.selectFrom('idempotency_keys').select('key').execute();
    expect(left.map(({ key }) => key)).toEqual(['k']);
  });

  it('must be 1 to 255 printable ASCII characters', async () => {
    const { send } = await setup(open);
    for (const key of ['', 'x'.repeat(256), 'ü', 'a\tb']) {
      const { status, body } = await send(key);
      expect([status, body.error.message]).toEqual([
        400,
        'Idempotency-Key must be 1 to 255 printable ASCII characters',
      ]);
    }
    expect((await send('x'.repeat(255))).status).toBe(200);
  });

  it('does not fail a send whose answer could not be kept', async () => {
    const { db, clock } = await setup(open);
    const lines: string[] = [];
    const log = createLog('error', { write: (line) => lines.push(line) });
    const idempotency = new Idempotency({ db, clock, log, owner: 'me' });
    const request = { principal: 'p', key: 'k', method: 'POST', path: '/', digest: Buffer.alloc(32) };
    const attempt = { ...request, messageId: () => null };
    const circular: { self?: object } = {};
    circular.self = circular;
    const answer = await idempotency.once(attempt, async () => ({ status: 200, body: circular }));
    expect(answer.status).toBe(200);
    expect(lines.join('')).toContain('could not keep the answer');
    await expect(idempotency.once(attempt, async () => answer)).rejects.toThrow(
      'idempotency_outcome_unknown',
    );
  });
});
