import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../../clock.ts';
import { type Failure, failure } from '../../failure.ts';
import type { InstanceRow } from '../../storage/schema.ts';
import type { Directory } from '../../tenancy/directory.ts';
import { type Principal, principalKey } from '../../tenancy/principal.ts';
import type { Route } from '../route.ts';
import { corsHeaders, effectiveOrigins, judgeOrigin } from './cors.ts';
import type { KnownOrigins } from './known-origins.ts';
import type { LoginGuard } from './login-guard.ts';
import { type Decision, type RateStore, rateHeaders, retryAfterSeconds } from './rate-limit.ts';
import { type Access, askedNames, checkInstanceToken, checkOwned, onlyName } from './rules.ts';
import { carriedToken } from './token-sources.ts';

/** What a request has proven before its handler sees it. */
export interface AuthContext {
  principal?: Principal;
  instance?: InstanceRow;
  instances?: InstanceRow[];
}

export const CREATE_PER_MINUTE = 20;

export interface AuthorizerOptions {
  directory: Directory;
  clock: Clock;
  rates: RateStore;
  guard: LoginGuard;
  origins: KnownOrigins;
  adminToken: string | null;
}

/**
 * The one place where access rules are enforced, in the order that the contract gives: limiter of failed logins,
 * token present, token known, rate limit, kind and ownership, origin. Sets the headers that belong to each step.
 */
export class Authorizer {
  readonly #options: AuthorizerOptions;

  constructor(options: AuthorizerOptions) {
    this.#options = options;
  }

  async authorize(
    { access, rate = 'global' }: Pick<Route, 'access' | 'rate'>,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<AuthContext> {
    if (access.to === 'open') return {};
    if (access.to === 'admin') {
      this.#admin(request);
      return {};
    }
    const principal = await this.#principal(access, request, reply);
    const verdict = this.#origin(principal, request, reply);
    await this.#count(principal, rate, reply);
    const auth = { principal, ...(await this.#owned(access, principal, request)) };
    if (verdict === 'refused') throw failure('origin_forbidden');
    return auth;
  }

  #admin(request: FastifyRequest): void {
    const { guard, clock, adminToken } = this.#options;
    const now = clock.now();
    const carried = carriedToken(request.headers);
    const given = typeof carried === 'object' ? digest(carried.token) : null;
    const name = given?.toString('base64url') ?? null;
    if (guard.refuses(request.ip, name, now)) throw this.#spent(request.ip, now);
    const expected = adminToken === null ? null : digest(adminToken);
    if (given && name && expected && timingSafeEqual(given, expected)) {
      guard.succeeded(request.ip, name, now);
      return;
    }
    guard.failed(request.ip, now);
    if (carried === 'none') throw failure('token_missing', { sources: 'admin' });
    throw carried === 'conflict' ? failure('token_conflict') : failure('token_invalid');
  }

  async #principal(access: Access, request: FastifyRequest, reply: FastifyReply): Promise<Principal> {
    const { directory, guard, clock } = this.#options;
    const socket = access.to === 'socket';
    const query = socket ? (request.query as { token?: unknown }).token : undefined;
    const carried = carriedToken(request.headers, query);
    const token = typeof carried === 'object' ? carried.token : null;
    const lookup = token && directory.lookup(token);
    const now = clock.now();
    if (guard.refuses(request.ip, lookup, now)) {
      await this.answerUnknown(request, reply);
      throw this.#spent(request.ip, now);
    }
    const name = onlyName(access, request.params);
    const principal = token && lookup ? await directory.principal(token, lookup, name) : null;
    if (principal) {
      guard.succeeded(request.ip, principal.tokenLookup, now);
      return principal;
    }
    guard.failed(request.ip, now);
    await this.answerUnknown(request, reply);
    if (carried === 'none') throw failure('token_missing', { sources: socket ? 'websocket' : 'header' });
    throw carried === 'conflict' ? failure('token_conflict') : failure('token_invalid');
  }

  /** Headers of an answer to an unknown caller: the address's bucket, and the preflight's rule on origins. */
  async answerUnknown(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { guard, clock, origins } = this.#options;
    reply.headers(rateHeaders(guard.bucket(request.ip, clock.now())));
    const { origin, host } = request.headers;
    if (origin === undefined) return;
    reply.headers(corsHeaders(judgeOrigin(origin, host, await origins.everyAllowed()), origin));
  }

  #spent(address: string, now: number): Failure {
    const bucket = this.#options.guard.bucket(address, now);
    return failure('rate_limited', { retryAfterSeconds: retryAfterSeconds(bucket, now) });
  }

  #origin(principal: Principal, request: FastifyRequest, reply: FastifyReply) {
    const { origin, host } = request.headers;
    if (origin === undefined) return 'same host';
    const allowed = effectiveOrigins(principal.account.allowed_origins, this.#options.origins.installation);
    const verdict = judgeOrigin(origin, host, allowed);
    reply.headers(corsHeaders(verdict, origin));
    return verdict;
  }

  async #count(principal: Principal, rate: 'global' | 'create', reply: FastifyReply): Promise<void> {
    const { rates, clock } = this.#options;
    const now = clock.now();
    const limit = rate === 'create' ? CREATE_PER_MINUTE : principal.account.rate_limit_per_minute;
    const decision: Decision = await rates.take(`${rate} ${principalKey(principal)}`, limit, now);
    reply.headers(rateHeaders(decision));
    if (decision.allowed) return;
    throw failure('rate_limited', { retryAfterSeconds: retryAfterSeconds(decision, now) });
  }

  async #owned(
    access: Access,
    principal: Principal,
    request: FastifyRequest,
  ): Promise<Omit<AuthContext, 'principal'>> {
    const names = askedNames(access, request.params);
    if (principal.kind === 'instance') {
      checkInstanceToken(access, principal, names);
      if (access.to === 'instances') return { instances: [principal.instance] };
      return names.length === 0 ? {} : { instance: principal.instance };
    }
    if (names.length === 0) return {};
    const { directory } = this.#options;
    const own = await directory.owned(principal.account.id, names);
    const elsewhere = own.size < names.length ? await directory.taken(names) : new Set<string>();
    const instances = checkOwned(access, names, own, elsewhere);
    const [instance] = instances;
    return access.to === 'instances' || !instance ? { instances } : { instance };
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
