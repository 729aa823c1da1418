import type { IncomingHttpHeaders } from 'node:http';

/** Where a request may carry its token, and what was found there. */
export type Carried = { token: string } | 'none' | 'conflict';

const BEARER = /^bearer +(.*)$/i;

/**
 * Reads the token of a request. `query` is given only where the contract accepts `?token=`; its value ends up in
 * logs of proxies, so everywhere else it is as if absent.
 */
export function carriedToken(headers: IncomingHttpHeaders, query?: unknown): Carried {
  const values = new Set(
    [single(headers.token), bearer(headers.authorization), ...several(query)]
      .map((value) => value?.trim())
      .filter((value) => value),
  );
  const [token, ...others] = values;
  if (token === undefined) return 'none';
  return others.length > 0 ? 'conflict' : { token };
}

function bearer(authorization: string | undefined): string | undefined {
  return authorization === undefined ? undefined : BEARER.exec(authorization)?.[1];
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(', ') : header;
}

function several(query: unknown): string[] {
  return [query].flat().filter((value) => typeof value === 'string');
}
