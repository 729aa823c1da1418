import type { FetchErrorName } from '../../../net/fetch-error.ts';

/** Public words for a download that did not succeed; an address that is not allowed has a text of its own. */
export const DOWNLOAD_REASONS: Record<Exclude<FetchErrorName, 'host_not_allowed'>, string> = {
  timeout: 'timed out',
  dns_error: 'host not found',
  connection_refused: 'connection failed',
  connection_reset: 'connection failed',
  network_error: 'connection failed',
  tls_error: 'TLS error',
};
