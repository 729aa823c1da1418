import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { systemClock } from './clock.ts';
import { readConfig } from './config.ts';
import { openFoundation } from './foundation.ts';
import { createLog } from './telemetry/log.ts';
import { sandboxEnvironment } from './testing/sandbox-environment.ts';
import { startWhatsApp } from './testing/whatsapp.ts';
import { createLinkedDevices } from './whatsapp/baileys/keys/linked-device.ts';
import { leaked } from './whatsapp/baileys/signal/testing/secrets.ts';

const whatsapp = await startWhatsApp();
const SERVE = new URL('cli/ryze.ts', import.meta.url).pathname;
const AUTHORIZATION = 'Bearer receiver-secret-1234567890';
const PROXY_PASSWORD = 'proxy-secret-1234567890';
const ADMIN_TOKEN = 'admin-secret-1234567890';

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'ryze-logs-'));
  afterAll(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** A gateway in a process of its own, at its loudest; `output` is everything that it wrote. */
async function startLoudly(env: Record<string, string>) {
  const child = spawn(process.execPath, [SERVE, 'serve'], {
    env: { ...process.env, ...env, PORT: '0', HOST: '127.0.0.1', LOG_LEVEL: 'trace' },
  });
  afterAll(() => void child.kill('SIGKILL'));
  let output = '';
  const { promise: url, resolve } = Promise.withResolvers<string>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
      const listening = /"url":"(http:[^"]+)"/.exec(output)?.[1];
      if (listening) resolve(listening);
    });
  }
  return {
    url: await url,
    output: () => output,
    async stop() {
      child.kill();
      await once(child, 'exit');
    },
  };
}

async function startReceiver() {
  const waiting = new Map<string, () => void>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { data } = JSON.parse(Buffer.concat(chunks).toString());
    waiting.get(data.state ?? data.id)?.();
    response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  afterAll(() => void server.close());
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    received: (what: string) => new Promise<void>((resolve) => waiting.set(what, resolve)),
  };
}

describe('the log at its loudest', () => {
  it('holds no token, no password and no key of a whole conversation', async () => {
    const env = {
      DATA_DIR: await folder(),
      ...sandboxEnvironment(whatsapp),
      ALLOW_PRIVATE_URLS: '127.0.0.0/8',
      ADMIN_TOKEN,
    };
    const gateway = await startLoudly(env);
    const receiver = await startReceiver();
    const call = async (method: string, path: string, token: string, body?: object) => {
      const response = await fetch(gateway.url + path, {
        method,
        headers: { token, 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      });
      expect(response.status, path).toBeLessThan(300);
      // biome-ignore lint/suspicious/noExplicitAny: answers are read field by field
      return (await response.json()) as any;
    };

    const { account } = await call('POST', '/admin/accounts', ADMIN_TOKEN, { name: 'acme' });
    const { data } = await call('POST', '/api/instance/new', account.token, {
      name: 'support',
      webhookEnabled: true,
      webhookURL: receiver.url,
      webhookAuthorization: AUTHORIZATION,
      websocketEnabled: true,
    });
    const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/ws/support?token=${data.token}`);
    await new Promise((resolve) => socket.addEventListener('open', resolve));
    const own = await whatsapp.newPhone('Blue Store');
    const ana = await whatsapp.newPhone('Ana');
    const connected = receiver.received('connected');
    const { qrCode } = await call('GET', '/api/instance/connect/support', data.token);
    await own.scan(qrCode);
    await connected;
    await call('POST', '/api/message/text/support', data.token, { number: ana.number, message: 'hello' });
    const answer = await ana.send(own.number, 'good day');
    await receiver.received(answer);
    await own.fault('corrupt', { times: 1 });
    await receiver.received(await ana.send(own.number, 'once more'));
    await call('POST', '/api/instance/proxy/support', data.token, {
      enabled: true,
      host: 'proxy.example.com',
      port: '1080',
      username: 'tenant',
      password: PROXY_PASSWORD,
    });
    const { webhooks } = await call('GET', '/api/events/getWebhook/support', data.token);
    const rotated = await call('POST', '/api/instance/token/support', data.token, { graceSeconds: 60 });
    socket.close();
    await gateway.stop();

    const output = gateway.output();
    expect(output).toContain('"level":10');
    const texts = [
      ADMIN_TOKEN,
      AUTHORIZATION,
      PROXY_PASSWORD,
      account.token,
      data.token,
      rotated.instance.token,
      webhooks[0].secret,
    ];
    expect(texts.filter((text) => output.includes(text))).toEqual([]);
    expect(leaked(await storedKeys(env, data.id), output)).toEqual([]);
  });
});

/** Every private key that the instance has, in hex. */
async function storedKeys(env: Record<string, string>, instanceId: string): Promise<string[]> {
  const { storage, seal, close } = await openFoundation(readConfig(env), createLog('silent'));
  const devices = createLinkedDevices({ db: storage.db, seal, clock: systemClock });
  const device = await devices.load(instanceId, (error) => {
    throw error;
  });
  if (!device) throw new Error('the instance has no saved device');
  const { nextPreKeyId, noiseKey, signedIdentityKey, signedPreKey, advSecretKey } = device.state.creds;
  const ids = Array.from({ length: nextPreKeyId }, (_, id) => String(id));
  const preKeys = await device.state.keys.get('pre-key', ids);
  await close();
  const keys = [
    noiseKey.private,
    signedIdentityKey.private,
    signedPreKey.keyPair.private,
    Buffer.from(advSecretKey, 'base64'),
    ...Object.values(preKeys).map((pair) => pair.private),
  ];
  expect(keys.length).toBeGreaterThan(800);
  return keys.map((key) => Buffer.from(key).toString('hex'));
}
