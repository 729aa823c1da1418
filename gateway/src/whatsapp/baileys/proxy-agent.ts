import type { Agent } from 'node:https';
import type { LookupFunction } from 'node:net';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { SocksProxyAgent } from 'socks-proxy-agent';

export interface ProxySettings {
  protocol: 'http' | 'https' | 'socks5';
  host: string;
  port: number;
  username: string | null;
  password: string | null;
}

/**
 * The agent through which a WhatsApp connection leaves. `lookup` resolves the proxy's own name and refuses addresses
 * that tenants may not reach; WhatsApp's name is resolved by the proxy (hence socks5h).
 */
export function proxyAgent(proxy: ProxySettings, lookup: LookupFunction): Agent {
  const scheme = proxy.protocol === 'socks5' ? 'socks5h' : proxy.protocol;
  const user = encodeURIComponent(proxy.username ?? '');
  const password = encodeURIComponent(proxy.password ?? '');
  const host = proxy.host.includes(':') ? `[${proxy.host}]` : proxy.host;
  const url = new URL(`${scheme}://${user ? `${user}:${password}@` : ''}${host}:${proxy.port}`);
  if (proxy.protocol === 'socks5')
    return new SocksProxyAgent(url, { socketOptions: { lookup } as never }) as never;
  return new HttpsProxyAgent(url, { lookup }) as never;
}
