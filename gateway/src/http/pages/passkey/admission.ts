import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../../../clock.ts';
import { failure } from '../../../failure.ts';
import type { Ceremony, PasskeyCeremonies } from '../../../instances/passkey/ceremonies.ts';
import { PASSKEY_ORIGIN } from '../../../whatsapp/passkey/options.ts';
import type { LoginGuard } from '../../access/login-guard.ts';
import { type RateStore, rateHeaders, retryAfterSeconds } from '../../access/rate-limit.ts';

/** The page asks every two seconds, and so does the extension. */
const REQUESTS_PER_MINUTE = 120;
/** How Chromium names extensions. */
const EXTENSION = /^chrome-extension:\/\/[a-p]{32}$/;

export interface AdmissionOptions {
  passkeys: Pick<PasskeyCeremonies, 'byToken'>;
  /** Counts unknown tokens as failed logins. */
  guard: LoginGuard;
  rates: RateStore;
  clock: Clock;
  /** Under which clients reach the gateway. */
  baseUrl(): string;
}

/**
 * Lets a request to a ceremony in by its token alone. Throws `rate_limited`, `passkey_link_unknown` and
 * `origin_forbidden`, in this order; sets the headers of rate limit and CORS.
 */
export async function admit(
  options: AdmissionOptions,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Ceremony> {
  const { passkeys, guard, rates, clock } = options;
  const { token } = request.params as { token: string };
  const lookup = createHash('sha256').update(token).digest('base64url');
  const now = clock.now();
  reply.headers(corsHeaders(request.headers.origin));
  if (guard.refuses(request.ip, lookup, now)) {
    const bucket = guard.bucket(request.ip, now);
    throw failure('rate_limited', { retryAfterSeconds: retryAfterSeconds(bucket, now) });
  }
  const ceremony = passkeys.byToken(token);
  if (!ceremony) {
    guard.failed(request.ip, now);
    throw failure('passkey_link_unknown');
  }
  guard.succeeded(request.ip, lookup, now);
  const decision = await rates.take(`passkey ${lookup}`, REQUESTS_PER_MINUTE, now);
  reply.headers(rateHeaders(decision));
  if (!decision.allowed) {
    throw failure('rate_limited', { retryAfterSeconds: retryAfterSeconds(decision, now) });
  }
  if (!isAllowed(request, options)) throw failure('origin_forbidden');
  return ceremony;
}

/** Answer to a preflight: for WhatsApp Web and the extension only. */
export function preflightHeaders(origin: string | undefined): Record<string, string> {
  const headers = corsHeaders(origin);
  if (!('Access-Control-Allow-Origin' in headers)) return headers;
  return {
    ...headers,
    'Access-Control-Allow-Methods': 'GET, POST, OPTIONS',
    'Access-Control-Allow-Headers': 'Content-Type',
    'Access-Control-Max-Age': '600',
  };
}

function corsHeaders(origin: string | undefined): Record<string, string> {
  if (origin === undefined || !answersElsewhere(origin)) return { Vary: 'Origin' };
  return { 'Access-Control-Allow-Origin': origin, Vary: 'Origin' };
}

function answersElsewhere(origin: string): boolean {
  return origin === PASSKEY_ORIGIN || EXTENSION.test(origin);
}

/** Besides those two the page itself; a browser says where a request comes from, and others need not. */
function isAllowed({ headers: { origin, host } }: FastifyRequest, { baseUrl }: AdmissionOptions): boolean {
  if (origin === undefined || answersElsewhere(origin)) return true;
  return URL.parse(origin)?.host === host?.toLowerCase() || origin === URL.parse(baseUrl())?.origin;
}
