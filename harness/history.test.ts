import { afterEach, describe, expect, test } from 'vitest';
import { rssMb } from '../bench/usage.ts';
import { databases, type TestStorage } from '../gateway/src/storage/testing/databases.ts';
import { Condition } from './condition.ts';
import { Stage } from './stage.ts';

/** What the process may grow by, however long the history is. */
const GROWTH_MB = 250;
/** Of the time that the import takes, what a live message may need from the phone to the receiver. */
const MOST_OF_IMPORT = 1 / 4;

const [sqlite] = databases;
let stage: Stage | null = null;
afterEach(async () => {
  await stage?.close();
  stage = null;
});

/** Counted here, so that counting costs the gateway nothing. */
async function messagesIn({ db }: TestStorage): Promise<number> {
  const { count } = await db
    .selectFrom('messages')
    .select((e) => e.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

describe('a history of 100,000 messages', () => {
  test('is taken in steady memory, and live messages do not wait for it', async () => {
    const storage = await sqlite!.open();
    const got = new Map<string, number>();
    const arrivals = new Condition();
    stage = await Stage.set(storage, {
      onEvent: ({ event, data }) => {
        if (event === 'message.exchange') got.set(data.id, Date.now());
        arrivals.notify();
      },
    });
    await stage.startGateway();
    const { pid } = stage.gateway;
    const maria = await stage.newPhone('Maria');
    const before = rssMb(pid);
    const past = { chats: 500, messages: 100_000, days: 365, unread: 1, chunk: 20_000 };
    const instance = await stage.link('large', past);

    const began = Date.now();
    let live = 0;
    let [most, slowest] = [before, 0];
    while ((await messagesIn(storage)) < past.messages + live) {
      const at = Date.now();
      const id = await maria.send(instance.phone.number, `Live ${++live}`);
      await arrivals.until(
        () => got.has(id),
        () => `live message ${live}`,
      );
      slowest = Math.max(slowest, (got.get(id) ?? 0) - at);
      most = Math.max(most, rssMb(pid));
    }

    const took = Date.now() - began;
    expect(await messagesIn(storage)).toBe(past.messages + live);
    expect(live).toBeGreaterThan(10);
    expect(slowest / took).toBeLessThan(MOST_OF_IMPORT);
    expect(most - before).toBeLessThan(GROWTH_MB);
  });
});

describe.each(databases)('a history on $name', ({ open }) => {
  test('that a crash interrupts goes on with the next start, every message once', async () => {
    const storage = await open();
    stage = await Stage.set(storage);
    await stage.startGateway();
    const past = { chats: 50, messages: 6_000, days: 90, chunk: 2_000 };
    const instance = await stage.link('large', past);
    const stored = () => expect.poll(() => messagesIn(storage));
    await stored().toBeGreaterThan(past.messages / 4);
    await stage.endGateway('SIGKILL');
    expect(await messagesIn(storage)).toBeLessThan(past.messages);
    await stage.startGateway();
    await stored().toBe(past.messages);
    const { body } = await stage.call('GET', `/api/chat/list/${instance.name}?limit=200`, instance.token);
    expect(body.chats).toHaveLength(past.chats);
  });
});
