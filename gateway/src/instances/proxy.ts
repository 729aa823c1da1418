import type { InstanceRow } from '../storage/schema.ts';
import type { Seal } from '../storage/seal.ts';

export const PROXY_PROTOCOLS = ['http', 'https', 'socks5'] as const;

/** A proxy as it is kept and shown; the password is sealed in a column of its own. */
export interface ProxyAddress {
  host: string;
  /** 1-65535, as text: the API shows it so. */
  port: string;
  protocol: (typeof PROXY_PROTOCOLS)[number];
  username: string | null;
}

/** What a connection needs. */
export interface ProxySettings extends ProxyAddress {
  password: string | null;
}

const passwordContext = (instanceId: string) => `instance:${instanceId}:proxy-password`;

/** Columns of an instance with this proxy; null removes it. */
export function proxyColumns(seal: Seal, instanceId: string, proxy: ProxySettings | null) {
  if (!proxy) return { proxy: null, proxy_password_sealed: null };
  const { password, ...address } = proxy;
  return {
    proxy: JSON.stringify(address),
    proxy_password_sealed: password === null ? null : seal.seal(password, passwordContext(instanceId)),
  };
}

/** The instance's own proxy with its password; null = none. Throws `SealBroken` when the password does not open. */
export function proxyOf(instance: InstanceRow, seal: Seal): ProxySettings | null {
  if (instance.proxy === null) return null;
  const sealed = instance.proxy_password_sealed;
  const password = sealed ? seal.open(sealed, passwordContext(instance.id)).toString() : null;
  return { ...(JSON.parse(instance.proxy) as ProxyAddress), password };
}

/** The `proxy` block of the API's instance object. */
export function proxyView(instance: Pick<InstanceRow, 'proxy'>) {
  if (instance.proxy === null) {
    return { enabled: false, host: null, port: null, protocol: null, username: null };
  }
  const { host, port, protocol, username } = JSON.parse(instance.proxy) as ProxyAddress;
  return { enabled: true, host, port, protocol, username };
}
