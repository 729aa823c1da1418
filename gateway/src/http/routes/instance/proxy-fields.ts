import { failure } from '../../../failure.ts';
import { PROXY_PROTOCOLS, type ProxySettings } from '../../../instances/proxy.ts';
import type { AddressRange } from '../../../net/address-policy.ts';
import { isForbiddenHost, isHost } from './fields.ts';

/** A proxy as a body describes it; the names of the fields differ from body to body. */
export interface ProxyFields {
  host: string | undefined;
  port: string | undefined;
  protocol: string | undefined;
  username: string | undefined;
  password: string | undefined;
}

const MAX_CREDENTIAL = 255;
const PORT = /^\d{1,5}$/;
const MAX_PORT = 65_535;

/** Checks a proxy. `named` gives a field's public name: `Host`, or `ProxyHost` in the creation of an instance. */
export function proxySettings(
  fields: ProxyFields,
  named: (field: string) => string,
  allowed: readonly AddressRange[],
): ProxySettings {
  const refuse = (field: string, rest: string) =>
    failure('field_invalid', { text: `${named(field)} ${rest}` });
  const { host, port, username, password } = fields;
  if (host === undefined) throw failure('field_required', { field: named('Host') });
  if (!isHost(host)) throw refuse('Host', 'must be a host name or an IP address');
  if (isForbiddenHost(host, allowed)) throw failure('address_forbidden', { field: named('Host') });
  if (port === undefined) throw failure('field_required', { field: named('Port') });
  if (!PORT.test(port) || Number(port) < 1 || Number(port) > MAX_PORT) {
    throw refuse('Port', `must be between 1 and ${MAX_PORT}`);
  }
  const wanted = (fields.protocol ?? 'http').toLowerCase();
  const protocol = PROXY_PROTOCOLS.find((known) => known === wanted);
  if (!protocol) throw refuse('Protocol', `must be one of: ${PROXY_PROTOCOLS.join(', ')}`);
  for (const [name, value] of [
    ['Username', username],
    ['Password', password],
  ] as const) {
    if (value !== undefined && [...value].length > MAX_CREDENTIAL) {
      throw refuse(name, `must be at most ${MAX_CREDENTIAL} characters`);
    }
  }
  return {
    host,
    port: String(Number(port)),
    protocol,
    username: username ?? null,
    password: password ?? null,
  };
}
