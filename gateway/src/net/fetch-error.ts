import { HOST_NOT_ALLOWED, NAME_UNRESOLVED } from './guarded-lookup.ts';

/** Why there was no answer, in the contract's words. */
export type FetchErrorName =
  | 'timeout'
  | 'dns_error'
  | 'connection_refused'
  | 'connection_reset'
  | 'tls_error'
  | 'network_error'
  | 'host_not_allowed';

/** A request that got no complete answer. */
export class FetchFailed extends Error {
  override name = 'FetchFailed';
  readonly reason: FetchErrorName;

  constructor(reason: FetchErrorName, options?: ErrorOptions) {
    super(reason, options);
    this.reason = reason;
  }
}

const BY_CODE: Record<string, FetchErrorName> = {
  [HOST_NOT_ALLOWED]: 'host_not_allowed',
  ETIMEDOUT: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  [NAME_UNRESOLVED]: 'dns_error',
  ECONNREFUSED: 'connection_refused',
  ECONNRESET: 'connection_reset',
  EPIPE: 'connection_reset',
  UND_ERR_SOCKET: 'connection_reset',
  EPROTO: 'tls_error',
};

/** OpenSSL's verification results have names without a common prefix; these are the shapes that they take. */
const TLS_CODE =
  /^(ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_CA|HOSTNAME_MISMATCH)/;

/** Names a connection error by its code; texts of errors differ between versions and are never looked at. */
export function fetchErrorName(error: unknown): FetchErrorName {
  const code = codeOf(error);
  if (code === undefined) return 'network_error';
  const known = BY_CODE[code];
  if (known) return known;
  return TLS_CODE.test(code) ? 'tls_error' : 'network_error';
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return codeOf(error.cause);
}
