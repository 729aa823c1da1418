import { execFileSync } from 'node:child_process';
import { DatabaseSync } from 'node:sqlite';
import type { Phone } from '@ryze/whatsapp-sandbox/client';
import { afterEach, describe, expect, it } from 'vitest';
import { databases, type TestStorage } from '../gateway/src/storage/testing/databases.ts';
import { Relay } from '../gateway/src/testing/relay.ts';
import { type LinkedInstance, Stage } from './stage.ts';

const MESSAGES = 10;

interface Trouble {
  name: string;
  dialect: string;
  /** Prepares it; the database may then have another URL. */
  arrange(storage: TestStorage): Promise<Arranged>;
}

interface Arranged {
  databaseUrl?: string;
  begin(stage: Stage): void;
  end(stage: Stage): void;
  close(): unknown;
}

/** PostgreSQL behind a line that fails; an answer that does not come is waited for 2 seconds. */
const line =
  (fail: (relay: Relay) => void) =>
  async ({ target }: TestStorage) => {
    if (target.dialect !== 'postgres') throw new Error('not PostgreSQL');
    const url = new URL(target.url);
    const relay = await Relay.to(url.hostname, Number(url.port || 5432));
    url.host = `127.0.0.1:${relay.port}`;
    url.searchParams.set('query_timeout', '2000');
    return {
      databaseUrl: url.href,
      begin: () => fail(relay),
      end: () => relay.pass(),
      close: () => relay.close(),
    };
  };

const troubles: Trouble[] = [
  {
    name: 'locked by another process',
    dialect: 'sqlite',
    async arrange({ target }) {
      if (target.dialect !== 'sqlite') throw new Error('not SQLite');
      const other = new DatabaseSync(target.file);
      return {
        begin: () => other.exec('pragma busy_timeout = 5000; begin exclusive'),
        end: () => other.exec('commit'),
        close: () => other.close(),
      };
    },
  },
  {
    name: 'on a disk that takes no more',
    dialect: 'sqlite',
    async arrange() {
      // The process may make no file longer: its writes fail as those to a full disk do.
      const bound = ({ gateway }: Stage, bytes: string) => {
        execFileSync('prlimit', ['--pid', String(gateway.pid), `--fsize=${bytes}`]);
      };
      return {
        begin: (stage) => bound(stage, '1:'),
        end: (stage) => bound(stage, 'unlimited:'),
        close: () => {},
      };
    },
  },
  { name: 'refusing connections', dialect: 'postgres', arrange: line((relay) => relay.refuse()) },
  { name: 'half-open', dialect: 'postgres', arrange: line((relay) => relay.silence()) },
];

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function setup({ dialect, arrange }: Trouble) {
  const database = databases.find(({ name }) => name === dialect);
  if (!database) return null;
  const storage = await database.open();
  const { databaseUrl, ...trouble } = await arrange(storage);
  const stage = await Stage.set(storage, databaseUrl === undefined ? {} : { databaseUrl });
  cleanups.push(storage.close, trouble.close, () => stage.close());
  await stage.startGateway();
  const instance = await stage.link('shop');
  return { stage, trouble, instance, ana: await stage.newPhone('Ana') };
}

describe('a gateway whose database is', () => {
  it.each(troubles)('$dialect, $name: refuses work, loses nothing and goes on', async (kind) => {
    const set = await setup(kind);
    if (!set) return;
    const { stage, trouble, instance, ana } = set;
    const [receiver] = stage.receivers;
    const reports = (id: string) =>
      receiver?.events.all().filter(({ event, data }) => event === 'message.exchange' && data.id === id);
    const ready = async () => (await stage.call('GET', '/ready', '')).status;
    await works();

    trouble.begin(stage);
    const sent: string[] = [];
    for (let n = 0; n < MESSAGES; n++) sent.push(await ana.send(instance.phone.number, `meanwhile ${n}`));
    await expect.poll(ready, PATIENT).toBe(503);
    const refused = await text(stage, instance, ana, 'not now');
    expect([refused.status, refused.body.error.message]).toEqual([503, 'Service temporarily unavailable']);
    expect((await stage.call('GET', '/live', '')).status).toBe(200);
    expect(await unacknowledged(instance.phone), 'WhatsApp keeps what cannot be stored').toBeGreaterThan(0);

    trouble.end(stage);
    await expect.poll(ready, PATIENT).toBe(200);
    for (const id of sent) await expect.poll(() => reports(id)?.length, PATIENT).toBe(1);
    await works();
    await expect.poll(() => unacknowledged(instance.phone), PATIENT).toBe(0);
    for (const id of sent) expect(reports(id)).toHaveLength(1);
    expect(receiver?.events.all().filter(({ event }) => event === 'message.undecryptable')).toEqual([]);
    expect((await stage.stats()).retries).toBe(0);
    expect((await ana.inbox()).filter((message) => message.text === 'not now')).toEqual([]);

    async function works() {
      const id = await ana.send(instance.phone.number, 'hello');
      await expect.poll(() => reports(id)?.length, PATIENT).toBe(1);
      await expect.poll(async () => (await text(stage, instance, ana, 'hi')).status, PATIENT).toBe(200);
    }
  });
});

const PATIENT = { timeout: 120_000, interval: 100 };

function text(stage: Stage, { name, token }: LinkedInstance, to: Phone, message: string) {
  return stage.call('POST', `/api/message/text/${name}`, token, { number: to.number, message });
}

async function unacknowledged(phone: Phone): Promise<number | undefined> {
  return (await phone.devices())[0]?.waiting;
}
