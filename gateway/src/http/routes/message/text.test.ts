import { describe, expect, test } from 'vitest';
import { testOutbox } from '../../../events/testing.ts';
import { Recipients } from '../../../instances/recipients.ts';
import { Sender } from '../../../instances/sender.ts';
import { NumberBook } from '../../../mailbox/number-book.ts';
import { databases } from '../../../storage/testing.ts';
import { WatchedSupervisor } from '../../instance-testing.ts';
import { testGateway } from '../../testing.ts';
import { messageRoutes } from './index.ts';

const [sqlite] = databases;

/** A gateway with one instance that is not connected: whatever is answered otherwise was checked before that. */
async function gateway() {
  const storage = await sqlite!.open();
  const sessions = new WatchedSupervisor(storage.db);
  const random = (bytes: number) => new Uint8Array(bytes);
  const tested = await testGateway({
    storage,
    routes: ({ db, seal, clock, log }) => {
      const { outbox } = testOutbox(db, seal, { clock });
      return messageRoutes({
        sender: new Sender({ outbox, clock, log, random, sessions }),
        recipients: new Recipients({ db, numbers: new NumberBook(clock), now: clock.now }),
        sessions,
        random,
        now: clock.now,
        preview: async () => null,
      });
    },
  });
  const account = await tested.account();
  const instance = await tested.instance(account, 'sales');
  const send = (body: unknown, token = instance.token) =>
    tested.call('POST', '/api/message/text/sales', { token, body });
  return { ...tested, owner: account, instance, send };
}

const good = { number: '5511999999999', message: 'Hello' };
const NOT_CONNECTED = 'Instance is not connected to WhatsApp';

describe('POST /api/message/text/:instance', () => {
  test.each<[unknown, string]>([
    ['{', 'Invalid request body: malformed JSON'],
    [[], 'Invalid request body: expected a JSON object'],
    [{}, 'Number is required'],
    [{ ...good, number: null }, 'Number is required'],
    [{ ...good, number: ' ' }, 'Number is required'],
    [{ ...good, number: 5511999999999 }, 'Invalid request body: number must be a string'],
    [{ to: 5511999999999, message: 'x' }, 'Invalid request body: to must be a string'],
    [{ ...good, number: '123' }, 'Invalid number: 123'],
    [{ ...good, number: 'x'.repeat(70) }, `Invalid number: ${'x'.repeat(64)}`],
    [{ ...good, number: 'status@broadcast' }, 'Unsupported recipient: status@broadcast'],
    [{ number: good.number }, 'Message is required'],
    [{ ...good, message: '' }, 'Message is required'],
    [{ ...good, message: ' \n' }, 'Message is required'],
    [{ ...good, message: 'x'.repeat(65_537) }, 'Message must be at most 65536 characters'],
    [{ ...good, delay: 61 }, 'Delay must be between 0 and 60 seconds'],
    [{ ...good, delay: -1 }, 'Delay must be between 0 and 60 seconds'],
    [{ ...good, delay: '3' }, 'Invalid request body: delay must be an integer'],
    [{ ...good, delay: 1.5 }, 'Invalid request body: delay must be an integer'],
    [{ ...good, replyPrivate: 'yes' }, 'Invalid request body: replyPrivate must be a boolean'],
    [{ ...good, linkPreview: 1 }, 'Invalid request body: linkPreview must be a boolean'],
    [{ ...good, mention: '5511777777777' }, 'Invalid request body: mention must be an array'],
    [{ ...good, mention: [1] }, 'Invalid request body: mention[0] must be a string'],
    [{ ...good, source: 'x'.repeat(65) }, 'Source must be at most 64 characters'],
  ])('%j is 400 %s', async (body, message) => {
    const { send } = await gateway();
    expect(await send(body)).toMatchObject({ status: 400, body: { success: false, error: { message } } });
  });

  test.each<[string, object]>([
    ['the smallest body', good],
    ['the other name of number', { to: good.number, message: 'x' }],
    ['both names, of which number wins', { ...good, to: 'nonsense' }],
    [
      'null and empty optional fields',
      { ...good, delay: null, replyTo: '', mention: null, source: '', linkPreview: null },
    ],
    ['unknown fields', { ...good, priority: 'high' }],
    ['characters that take two units', { ...good, message: '😀'.repeat(65_536) }],
  ])('%s passes, up to the connection', async (_, body) => {
    const { send } = await gateway();
    expect(await send(body)).toMatchObject({ status: 503, body: { error: { message: NOT_CONNECTED } } });
  });

  test('the account of the instance may send, others may not', async () => {
    const { send, owner, account } = await gateway();
    expect((await send(good, owner.token)).status).toBe(503);
    const stranger = await account();
    expect((await send(good, stranger.token)).status).toBe(403);
    expect((await send(good, 'wrong')).status).toBe(401);
  });

  test('nothing is stored for what was not sent', async () => {
    const { send, db } = await gateway();
    await send(good);
    expect(await db.selectFrom('messages').selectAll().execute()).toEqual([]);
  });
});
