import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import tls from 'node:tls';
import { createServer as createSocksServer } from '@pondwader/socks5-server';
import { Server as HttpProxy } from 'proxy-chain';
import { afterAll } from 'vitest';
import type { ProxySettings } from '../whatsapp/baileys/proxy-agent.ts';

/** The name on the HTTPS proxy's certificate. */
export const PROXY_NAME = 'proxy.test';
const USER = 'tenant';
const PASSWORD = 'p@ss:word/';

export interface TestProxy {
  settings: ProxySettings;
  /** Targets that were asked for through this proxy, `host:port`. */
  targets: string[];
}

const fixture = (name: string) => readFileSync(new URL(`fixtures/${name}`, import.meta.url));

/** A real proxy server of each kind, with a user name and a password that need escaping. */
export function startProxy(protocol: ProxySettings['protocol']): Promise<TestProxy> {
  return protocol === 'socks5' ? startSocks() : startHttp(protocol);
}

async function startHttp(protocol: 'http' | 'https'): Promise<TestProxy> {
  const targets: string[] = [];
  const common = {
    port: 0,
    host: '127.0.0.1',
    prepareRequestFunction: (request: {
      username: string;
      password: string;
      hostname: string;
      port: number;
    }) => {
      targets.push(`${request.hostname}:${request.port}`);
      return { requestAuthentication: request.username !== USER || request.password !== PASSWORD };
    },
  };
  const cert = fixture('proxy-cert.pem');
  if (protocol === 'https')
    tls.setDefaultCACertificates([...tls.getCACertificates('default'), cert.toString()]);
  const proxy =
    protocol === 'http'
      ? new HttpProxy(common)
      : new HttpProxy({
          ...common,
          serverType: 'https',
          httpsOptions: { cert, key: fixture('proxy-key.pem') },
        });
  await proxy.listen();
  afterAll(() => proxy.close(true));
  return { settings: settings(protocol, proxy.port), targets };
}

async function startSocks(): Promise<TestProxy> {
  const targets: string[] = [];
  const socks = createSocksServer({ auth: { username: USER, password: PASSWORD } });
  socks.setRulesetValidator(({ destAddress, destPort }) => {
    targets.push(`${destAddress}:${destPort}`);
    return true;
  });
  const server: Server = createServer((socket) => socks._handleConnection(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  afterAll(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { settings: settings('socks5', address.port), targets };
}

function settings(protocol: ProxySettings['protocol'], port: number): ProxySettings {
  return { protocol, host: PROXY_NAME, port, username: USER, password: PASSWORD };
}
