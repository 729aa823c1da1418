import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { addressRanges } from '../../net/address-policy.ts';
import { guardedLookup } from '../../net/guarded-lookup.ts';
import { PROXY_NAME, startProxy } from '../../testing/proxies.ts';
import { startWhatsApp } from '../../testing/whatsapp.ts';
import { proxyAgent } from '../baileys/proxy-agent.ts';
import { MediaNetwork } from './network.ts';

const whatsapp = await startWhatsApp();
const [host = '', port] = whatsapp.mediaHost.split(':');
const network = new MediaNetwork({ host, port: Number(port), ca: readFileSync(whatsapp.mediaCa, 'utf8') });

/** The path of an encrypted file that a contact sent. */
async function storedFile(): Promise<string> {
  const [from, to] = [await whatsapp.newPhone(), await whatsapp.newPhone()];
  const { media } = await from.sendMedia(to.number, { kind: 'image', bytes: 99 });
  return media.directPath;
}

describe('the way to media', () => {
  it('leads to the sandbox for every host of WhatsApp', async () => {
    const path = await storedFile();
    const dispatcher = network.through(null);
    const hosts = ['mmg.whatsapp.net', whatsapp.mediaHost];
    const files = hosts.map(async (name) => {
      const answer = await fetch(`https://${name}${path}`, { dispatcher } as never);
      return createHash('sha256')
        .update(Buffer.from(await answer.arrayBuffer()))
        .digest('hex');
    });
    const [first, second] = await Promise.all(files);
    expect(first).toBe(second);
  });

  it.each(['http', 'https', 'socks5'] as const)('leads through an %s proxy', async (protocol) => {
    const proxy = await startProxy(protocol);
    const lookup = guardedLookup(addressRanges(['127.0.0.0/8']) ?? [], async (name) => {
      if (name !== PROXY_NAME) throw new Error(`${name} was resolved here instead of by the proxy`);
      return [{ address: '127.0.0.1', family: 4 }];
    });
    const dispatcher = network.through(proxyAgent(proxy.settings, lookup));
    const answer = await fetch(`https://mmg.whatsapp.net${await storedFile()}`, { dispatcher } as never);
    expect(answer.status).toBe(200);
    await answer.arrayBuffer();
    expect(proxy.targets).toEqual([whatsapp.mediaHost]);
  });

  it('is closed where a proxy refuses its password', async () => {
    const proxy = await startProxy('http');
    const lookup = guardedLookup(addressRanges(['127.0.0.0/8']) ?? [], async () => [
      { address: '127.0.0.1', family: 4 },
    ]);
    const dispatcher = network.through(proxyAgent({ ...proxy.settings, password: 'x' }, lookup));
    await expect(fetch('https://mmg.whatsapp.net/', { dispatcher } as never)).rejects.toThrow('fetch failed');
  });
});
