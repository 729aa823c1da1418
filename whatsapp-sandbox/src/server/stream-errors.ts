import { type Stanza, stanza } from '../wire/stanza.ts';

/** `<stream:error>`: the server ends a stream that was accepted. */
export function streamError(code: number, reason?: Stanza): Stanza {
  return stanza('stream:error', { code: String(code) }, reason ? [reason] : undefined);
}

/** The same device logged in somewhere else. */
export function replaced(): Stanza {
  return stanza('stream:error', {}, [stanza('conflict', { type: 'replaced' })]);
}

/** The device was unlinked. */
export function deviceRemoved(): Stanza {
  return streamError(401, stanza('conflict', { type: 'device_removed' }));
}

/** After pairing the client has to come back and log in. */
export function restartRequired(): Stanza {
  return streamError(515);
}

/** The end of a stream without a reason. */
export function streamEnd(): Stanza {
  return stanza('xmlstreamend');
}

/** `<failure>`: the server refuses a log-in. */
export function failure(reason: number): Stanza {
  return stanza('failure', { reason: String(reason), location: 'sandbox' });
}
