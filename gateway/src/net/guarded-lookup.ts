import type { LookupAddress, LookupOptions } from 'node:dns';
import { lookup as systemLookup } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { type AddressRange, isForbiddenAddress } from './address-policy.ts';

/** All addresses of a name, as the system resolves it. Injected, so that tests have names of their own. */
export type Resolve = (hostname: string, options: LookupOptions) => Promise<LookupAddress[]>;

export const systemResolve: Resolve = (hostname, options) =>
  systemLookup(hostname, { ...options, all: true });

/** `code` of the error with which a connection to a forbidden address fails. */
export const HOST_NOT_ALLOWED = 'EHOSTNOTALLOWED';

/**
 * A `lookup` for `net.connect` and `tls.connect` that gives only permitted addresses. The socket connects to what
 * was checked here and nothing asks DNS again, so a name cannot be rebound between check and use.
 *
 * Sockets do not call it for IP literals: check those with `forbiddenLiteral` first.
 */
export function guardedLookup(
  allowed: readonly AddressRange[],
  resolve: Resolve = systemResolve,
): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, options).then(
      (addresses) => {
        const permitted = addresses.filter(({ address }) => !isForbiddenAddress(address, allowed));
        const [first] = permitted;
        if (!first) callback(hostNotAllowed(hostname), '');
        else if (options.all) callback(null, permitted);
        else callback(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, ''),
    );
  };
}

export function hostNotAllowed(host: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`address of ${host} is not allowed`), { code: HOST_NOT_ALLOWED });
}
