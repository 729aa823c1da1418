import type { WebSocket } from 'ws';
import type { z } from 'zod';
import type { InstanceRow } from '../storage/schema.ts';
import type { Principal } from '../tenancy/principal.ts';

export type { Principal } from '../tenancy/principal.ts';

/**
 * What a route lets in, as data: the server enforces it before the body is read, and one generated test runs every
 * route against every kind of token.
 *
 * - `open`: no token (`/health`).
 * - `admin`: the installation's admin token.
 * - `account`: a TokenAccount; a TokenInstance is refused with 401 `Invalid account token`.
 * - `either`: both kinds; the handler shows what the principal owns (`list`).
 * - `instance`: `:instance` in the path; its owner account or its own TokenInstance. `accountOnly` refuses every
 *   TokenInstance with 401 `Invalid token` (delete). `currentTokenOnly` refuses a token in its grace period. `unknown`:
 *   the module writes its 404 in lower case.
 * - `instances`: `:instance` holds a comma list; every name is checked in order (metrics).
 * - `socket`: the WebSocket upgrade: three token sources and its own 401 texts.
 */
export type Access =
  | { to: 'open' }
  | { to: 'admin' }
  | { to: 'account' }
  | { to: 'either' }
  | { to: 'instance'; accountOnly?: true; currentTokenOnly?: true; unknown?: 'lower case' }
  | { to: 'instances' }
  | { to: 'socket' };

/** Header that names the message which a request sent, also when it failed. */
export const MESSAGE_ID = 'X-Message-Id';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** What a handler gets. `principal` and `instance` are there exactly when the access rule implies them. */
export interface RouteRequest<A extends Access, Body, Query> {
  principal: A extends { to: 'open' | 'admin' } ? undefined : Principal;
  instance: A extends { to: 'instance' | 'socket' } ? InstanceRow : undefined;
  instances: A extends { to: 'instances' } ? InstanceRow[] : undefined;
  params: Record<string, string>;
  body: Body;
  query: Query;
  requestId: string;
  /** Sets a response header; also sent when the handler then throws (`MESSAGE_ID`). */
  header(name: string, value: string): void;
}

export interface RouteAnswer {
  /** 200 when left out. */
  status?: number;
  body: object;
}

/**
 * How a bad body is answered: `short` = `Invalid request body` (instance and events modules), `detailed` =
 * `Invalid request body: <path> must be …` (messages).
 */
export type BodyErrors = 'short' | 'detailed';

/**
 * One exchange of a route, with the literal values of the contract's example. The OpenAPI document shows it, and a test
 * executes it: the request gets this status, and an answer with the same keys, the same types and the same `message`.
 */
export interface RouteExample {
  /** `sales` when left out. */
  instance?: string;
  query?: Record<string, string>;
  body?: object;
  /** 200 when left out. */
  status?: number;
  answer: object;
}

export interface Route<
  A extends Access = Access,
  B extends z.ZodType | undefined = z.ZodType | undefined,
  Q extends z.ZodType | undefined = z.ZodType | undefined,
> {
  method: Method;
  /** Fastify path, `/api/instance/connect/:instance`. */
  path: string;
  /** One line for the OpenAPI document. */
  summary: string;
  /** The first one is the route's success. */
  examples?: readonly RouteExample[];
  access: A;
  /** Bucket of the rate limit; `open` and `admin` routes have none. */
  rate?: 'global' | 'create';
  /** Left out: the body and its media type are ignored. */
  body?: B;
  /** The body may be missing altogether (then `{}` is validated). */
  bodyOptional?: true;
  bodyErrors?: BodyErrors;
  /** Reads the query in the body's place when the request has none: some clients drop the body of a DELETE. */
  bodyFromQuery?: z.ZodType<B extends z.ZodType ? z.output<B> : undefined>;
  /** Bytes; 1 MiB when left out. */
  bodyLimit?: number;
  /** Fields whose long strings are put into files while the body is read: `SpooledText` in place of a string. */
  spooledFields?: readonly string[];
  query?: Q;
  /** Takes the `Idempotency-Key` header. */
  idempotent?: true;
  /** Public text of an unexpected failure of `handle` (500), in place of `Internal server error`. */
  failed?: string;
  handle(
    request: RouteRequest<
      A,
      B extends z.ZodType ? z.output<B> : undefined,
      Q extends z.ZodType ? z.output<Q> : undefined
    >,
  ): Promise<RouteAnswer>;
  /**
   * Access `socket` only: runs in place of `handle` when the request asks for an upgrade. What it throws is answered
   * as HTTP; the function that it returns takes the open socket.
   */
  upgrade?(request: RouteRequest<A, undefined, undefined>): Promise<(socket: WebSocket) => void>;
}

/** Keeps the types of one route together; the composition root gathers all routes. */
export function route<
  const A extends Access,
  B extends z.ZodType | undefined = undefined,
  Q extends z.ZodType | undefined = undefined,
>(definition: Route<A, B, Q>): Route {
  return definition as unknown as Route;
}
