import type { IncomingHttpHeaders } from 'node:http';

/** Where a request may carry its token, and what was found there. */
export type Carried = { token: string } | 'none' | 'conflict';

const BEARER = /^bearer +(.*)$/i;

/**
 * Reads the token of a request. `query` is given only where the contract accepts `?token=`; its value ends up in
 * logs of proxies, so everywhere else it is as if absent.
 */
export function carriedToken(headers: IncomingHttpHeaders, query?: unknown): Carried {
  let token: string | null = null;
  for (const value of [single(headers.token), bearer(headers.authorization), ...several(query)]) {
    const carried = value?.trim();
    if (!carried || carried === token) continue;
    if (token !== null) return 'conflict';
    token = carried;
  }
  return token === null ? 'none' : { token };
}

function bearer(authorization: string | undefined): string | undefined {
  return authorization === undefined ? undefined : BEARER.exec(authorization)?.[1];
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(', ') : header;
}

function several(query: unknown): string[] {
  if (query === undefined) return [];
  return [query].flat().filter((value) => typeof value === 'string');
}
