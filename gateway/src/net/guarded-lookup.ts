import type { LookupFunction } from 'node:net';
import { type AddressRange, isForbiddenAddress } from './address-policy.ts';
import { dnsResolve, type Resolve } from './resolve.ts';

/** `code` of the error with which a connection to a forbidden address fails. */
export const HOST_NOT_ALLOWED = 'EHOSTNOTALLOWED';

/** `code` of the error with which it fails when the name has no address. */
export const NAME_UNRESOLVED = 'ENAMEUNRESOLVED';

/**
 * A `lookup` for `net.connect` and `tls.connect` that gives only permitted addresses. The socket connects to what
 * was checked here and nothing asks DNS again, so a name cannot be rebound between check and use.
 *
 * Sockets do not call it for IP literals: check those with `forbiddenLiteral` first.
 */
export function guardedLookup(
  allowed: readonly AddressRange[],
  resolve: Resolve = dnsResolve(),
): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname).then(
      (addresses) => {
        const permitted = addresses.filter(({ address }) => !isForbiddenAddress(address, allowed));
        const [first] = permitted;
        if (!first) callback(hostNotAllowed(hostname), '');
        else if (options.all) callback(null, permitted);
        else callback(null, first.address, first.family);
      },
      // DNS has codes of its own for the same words as sockets (a DNS server may refuse a connection, too).
      (cause) => callback(coded(NAME_UNRESOLVED, `cannot resolve ${hostname}`, cause), ''),
    );
  };
}

export function hostNotAllowed(host: string): NodeJS.ErrnoException {
  return coded(HOST_NOT_ALLOWED, `address of ${host} is not allowed`);
}

function coded(code: string, message: string, cause?: unknown): NodeJS.ErrnoException {
  return Object.assign(new Error(message, { cause }), { code });
}
