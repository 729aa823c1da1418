const ANY = '*';
const EXPOSED = [
  'X-RateLimit-Limit',
  'X-RateLimit-Remaining',
  'X-RateLimit-Reset',
  'Retry-After',
  'X-Request-Id',
].join(', ');

/** How an origin stands to a list of allowed ones. */
export type OriginVerdict = 'same host' | 'listed' | 'any' | 'refused';

/** `host`: the request's `Host` header. Without an origin there is nothing to judge: that is `same host`. */
export function judgeOrigin(
  origin: string | undefined,
  host: string | undefined,
  allowed: Iterable<string>,
): OriginVerdict {
  if (origin === undefined) return 'same host';
  if (host !== undefined && URL.parse(origin)?.host === host.toLowerCase()) return 'same host';
  const list = new Set(allowed);
  if (list.has(ANY)) return 'any';
  return list.has(origin) ? 'listed' : 'refused';
}

/** Lets a page of this origin read the answer. */
export function corsHeaders(verdict: OriginVerdict, origin: string | undefined): Record<string, string> {
  return originHeaders(verdict, origin, { 'Access-Control-Expose-Headers': EXPOSED });
}

/** Answer to a preflight. */
export function preflightHeaders(verdict: OriginVerdict, origin: string | undefined): Record<string, string> {
  return originHeaders(verdict, origin, {
    'Access-Control-Allow-Methods': 'GET, POST, PUT, DELETE, OPTIONS',
    'Access-Control-Allow-Headers': 'Content-Type, Authorization, token, Idempotency-Key',
    'Access-Control-Max-Age': '600',
  });
}

function originHeaders(
  verdict: OriginVerdict,
  origin: string | undefined,
  others: Record<string, string>,
): Record<string, string> {
  if (verdict === 'any') return { 'Access-Control-Allow-Origin': ANY, ...others };
  if (verdict === 'listed' && origin !== undefined) {
    return { 'Access-Control-Allow-Origin': origin, Vary: 'Origin', ...others };
  }
  return {};
}

/** The account's own list, or the installation's when it has none. */
export function effectiveOrigins(accountList: string, installation: string[]): string[] {
  if (accountList === '[]') return installation;
  return JSON.parse(accountList) as string[];
}
