import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Phone } from '@ryze/whatsapp-sandbox/client';
import { afterAll, describe, expect, it } from 'vitest';
import { sandboxEnvironment } from '../gateway/src/testing/sandbox-environment.ts';
import { freePort, ryze, startGateway, startSandbox } from './processes.ts';
import { startReceiver } from './receiver.ts';

const cleanups: (() => unknown)[] = [];
afterAll(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
});

async function setup() {
  const dataDir = await mkdtemp(join(tmpdir(), 'ryze-restart-'));
  cleanups.push(() => rm(dataDir, { recursive: true, force: true }));
  const sandbox = await startSandbox();
  cleanups.push(() => sandbox.stop());
  const receiver = await startReceiver();
  cleanups.push(() => receiver.close());
  const port = await freePort();
  const env = {
    DATA_DIR: dataDir,
    ...sandboxEnvironment(sandbox.info),
    ALLOW_PRIVATE_URLS: '127.0.0.0/8',
    LOG_LEVEL: 'silent',
  };
  const start = async () => {
    const gateway = await startGateway(port, env);
    cleanups.push(() => gateway.stop());
    return gateway;
  };
  const call = async (method: string, path: string, token: string, body?: object) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: { token, 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    // biome-ignore lint/suspicious/noExplicitAny: answers are read field by field
    return (await response.json()) as any;
  };
  return { sandbox, receiver, env, start, call };
}

describe('a gateway that was killed', () => {
  it('comes back on its data without a new QR, and brings what the phone sent in between', async () => {
    const { sandbox, receiver, env, start, call } = await setup();
    const own = await Phone.make(sandbox.info.control, '5511888888888', 'Blue Store');
    const ana = await Phone.make(sandbox.info.control, '5511999999999', 'Ana');
    const first = await start();
    const { token: account } = JSON.parse(await ryze(['account', 'create', '--name', 'acme', '--json'], env));
    const created = await call('POST', '/api/instance/new', account, {
      name: 'support',
      webhookEnabled: true,
      webhookURL: receiver.url,
    });
    const token: string = created.data.token;
    const { qrCode } = await call('GET', '/api/instance/connect/support', token);
    await own.scan(qrCode);
    const connected = (e: { event: string; data: { state: string } }) =>
      e.event === 'instance.state' && e.data.state === 'connected';
    await receiver.events.expect('the connection', connected);

    // Traffic in both directions, and the kill in the middle of it.
    const before = Promise.all(Array.from({ length: 20 }, (_, n) => ana.send(own.number, `before ${n}`)));
    const sending = Array.from({ length: 5 }, (_, n) =>
      call('POST', '/api/message/text/support', token, { number: ana.number, message: `out ${n}` }).catch(
        () => null,
      ),
    );
    await Promise.race([
      receiver.events.expect('a message', (e) => e.event === 'message.exchange'),
      ...sending,
    ]);
    await first.stop('SIGKILL');
    await Promise.all(sending);
    const sentBefore = await before;
    const sentMeanwhile = await Promise.all(
      Array.from({ length: 20 }, (_, n) => ana.send(own.number, `meanwhile ${n}`)),
    );

    await start();
    await receiver.events.expect('the connection again', connected, 2);
    const last = await ana.send(own.number, 'after');
    for (const id of [...sentMeanwhile, last]) {
      await receiver.events.expect(
        `the message ${id}`,
        (e) => e.event === 'message.exchange' && e.data.id === id,
      );
    }
    expect(sentBefore).toHaveLength(20);
    const states = receiver.events
      .all()
      .filter((e) => e.event === 'instance.state')
      .map((e) => e.data.state);
    expect(states.filter((state) => state === 'qr_ready')).toHaveLength(1);
    const { instances } = await call('GET', '/api/instance/list', token);
    expect(instances[0].status).toBe('connected');
  });
});
