import { describe, expect, it } from 'vitest';
import { addressRanges } from '../../net/address-policy.ts';
import { guardedLookup } from '../../net/guarded-lookup.ts';
import type { Resolve } from '../../net/resolve.ts';
import { databases, type TestStorage } from '../../storage/testing/databases.ts';
import { PROXY_NAME, startProxy } from '../../testing/proxies.ts';
import { runInstances, state } from '../../testing/running-instances.ts';
import { startWhatsApp } from '../../testing/whatsapp.ts';
import { type ProxySettings, proxyAgent } from './proxy-agent.ts';

const whatsapp = await startWhatsApp();
const loopback = addressRanges(['127.0.0.0/8']) ?? [];
/** The proxy's name, which no public DNS knows. */
const resolve: Resolve = async (host) => {
  if (host !== PROXY_NAME) throw new Error(`${host} was resolved here instead of by the proxy`);
  return [{ address: '127.0.0.1', family: 4 }];
};

async function instanceBehind(settings: ProxySettings, allowed: typeof loopback) {
  const [sqlite] = databases;
  const storage = (await sqlite?.open()) as TestStorage;
  const running = runInstances(storage, whatsapp.url, {
    agentOf: () => proxyAgent(settings, guardedLookup(allowed, resolve)),
  });
  return { ...running, instance: await running.addInstance(), storage };
}

describe('proxy', () => {
  it.each(['http', 'https', 'socks5'] as const)(
    '%s carries pairing, login and messages',
    async (protocol) => {
      const proxy = await startProxy(protocol);
      const { supervisor, instance, event, storage } = await instanceBehind(proxy.settings, loopback);
      const phone = await whatsapp.newPhone();
      const answer = await supervisor.connect(instance, {});
      if (answer.status !== 'qr') throw new Error('expected a QR');
      await phone.scan(answer.qrCode);
      await event(instance.id, state('connected'));
      // Once for pairing and once for the login that follows.
      expect(proxy.targets).toEqual([new URL(whatsapp.url).host, new URL(whatsapp.url).host]);
      await supervisor.stop();
      await storage.close();
    },
  );

  it.each(['http', 'socks5'] as const)('%s is refused without its password', async (protocol) => {
    const proxy = await startProxy(protocol);
    const { supervisor, instance, storage } = await instanceBehind(
      { ...proxy.settings, password: 'x' },
      loopback,
    );
    await expect(supervisor.connect(instance, {})).rejects.toMatchObject({
      details: {
        text: expect.stringMatching(/^Failed to connect: (HTTP 407|.*Socks5 Authentication failed)/),
      },
    });
    await supervisor.stop();
    await storage.close();
  });

  it('is not reached when its name resolves to an address that tenants may not reach', async () => {
    const proxy = await startProxy('http');
    const { supervisor, instance, storage } = await instanceBehind(proxy.settings, []);
    await expect(supervisor.connect(instance, {})).rejects.toMatchObject({
      details: { text: expect.stringContaining('is not allowed') },
    });
    expect(proxy.targets).toEqual([]);
    await supervisor.stop();
    await storage.close();
  });
});
