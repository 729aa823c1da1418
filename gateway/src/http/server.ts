import websocket from '@fastify/websocket';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Clock } from '../clock.ts';
import { failure } from '../failure.ts';
import type { TempFiles } from '../storage/temp-files.ts';
import type { Logger } from '../telemetry/log.ts';
import type { Directory } from '../tenancy/directory.ts';
import { Authorizer } from './access/authorizer.ts';
import { judgeOrigin, preflightHeaders } from './access/cors.ts';
import { KnownOrigins } from './access/known-origins.ts';
import { LoginGuard } from './access/login-guard.ts';
import { MemoryRateStore, type RateStore } from './access/rate-limit.ts';
import { answerError } from './answer.ts';
import { answerClientError } from './client-errors.ts';
import type { Idempotency } from './idempotency.ts';
import { serveDocs } from './openapi/page.ts';
import { type AdmissionOptions, preflightHeaders as passkeyPreflight } from './pages/passkey/admission.ts';
import { servePasskeyPages } from './pages/passkey/routes.ts';
import {
  allowedMethods,
  isExempt,
  isPasskeyPage,
  isPrivate,
  isProbe,
  loggedPath,
  pathOf,
  registeredPaths,
} from './paths.ts';
import { handlerRequest, type Pipeline, serve } from './pipeline.ts';
import { requestId } from './request-id.ts';
import type { Route } from './route.ts';
import { asksForSocket, websocketOptions } from './socket/options.ts';

export interface ServerOptions {
  routes: Route[];
  directory: Directory;
  idempotency: Idempotency;
  /** Where long strings of bodies go; left out: they stay in memory. */
  files?: TempFiles;
  clock: Clock;
  log: Logger;
  /** null: `/admin/*` does not exist. */
  adminToken: string | null;
  /** The installation's list of browser origins. */
  allowedOrigins: string[];
  /** CIDR ranges whose `X-Forwarded-*` headers are trusted; left out: none. */
  trustedProxies?: string[];
  /** Refuses what came over plain HTTP. */
  httpsOnly?: boolean;
  rates?: RateStore;
  failedLoginsPerMinute?: number;
  /** Left out: `/openapi.json` and `/docs` do not exist. */
  docs?: { publicUrl: string | null };
  /** Left out: passkey ceremonies have no helper page. */
  helper?: Pick<AdmissionOptions, 'passkeys' | 'baseUrl'>;
}

/** A client has this long for its headers, and for its whole request; the largest body is 140 MiB. */
const HEADERS_TIMEOUT_MS = 20_000;
const REQUEST_TIMEOUT_MS = 300_000;
/** Longer than the idle time of usual proxies, so that they close first and never send into a closed connection. */
const KEEP_ALIVE_MS = 75_000;
const MAX_PATH = 16_384;

/** Builds the HTTP server over a route table; nothing listens yet. */
export async function createServer(options: ServerOptions): Promise<FastifyInstance> {
  const { clock, log, directory, idempotency, adminToken } = options;
  const routes = options.routes.filter(({ access }) => access.to !== 'admin' || adminToken !== null);
  const origins = new KnownOrigins({
    installation: options.allowedOrigins,
    clock,
    ofAccounts: () => directory.allowedOrigins(),
  });
  const rates = options.rates ?? new MemoryRateStore();
  const guard = new LoginGuard(options.failedLoginsPerMinute);
  const authorizer = new Authorizer({ directory, clock, origins, adminToken, rates, guard });

  const app = Fastify({
    logger: false,
    exposeHeadRoutes: false,
    trustProxy: options.trustedProxies?.length ? options.trustedProxies : false,
    return503OnClosing: false,
    requestIdHeader: false,
    genReqId: (request) => requestId(request.headers['x-request-id']),
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    http: { headersTimeout: HEADERS_TIMEOUT_MS, shouldUpgradeCallback: asksForSocket },
    routerOptions: { maxParamLength: MAX_PATH },
    clientErrorHandler: answerClientError,
    frameworkErrors: (_error, request, reply) => {
      commonHeaders(request, reply);
      authorizer
        .answerUnknown(request, reply)
        .then(() => Promise.reject(failure('path_invalid')))
        .catch((error) => answerError(error, request, reply, log));
    },
  });
  await app.register(websocket, websocketOptions);

  // The pipeline reads bodies itself, after authentication.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));
  // Not async: every request would pay for promises that only the rare ones need.
  app.addHook('onRequest', (request, reply, done) => {
    commonHeaders(request, reply);
    if (options.httpsOnly) requireHttps(request, reply, authorizer).then(() => done(), done);
    else done();
  });
  app.addHook('onRequest', (request, reply, done) => {
    if (request.method === 'OPTIONS') preflight(request, reply, origins).catch(done);
    else done();
  });
  if (log.isLevelEnabled('debug'))
    app.addHook('onResponse', async (request, reply) => access(log, request, reply));
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply, log));
  app.setNotFoundHandler(async (request, reply) => {
    const path = pathOf(request.url);
    if (!isExempt(path)) await authorizer.answerUnknown(request, reply);
    const allow = allowedMethods(routes, path);
    throw allow.length > 0 ? failure('method_not_allowed', { allow }) : failure('route_unknown');
  });
  for (const route of routes) register(app, route, { authorizer, idempotency, files: options.files });
  if (options.docs) await serveDocs(app, routes, options.docs);
  if (options.helper) servePasskeyPages(app, { ...options.helper, guard, rates, clock });
  return app;
}

function commonHeaders(request: FastifyRequest, reply: FastifyReply): void {
  // The connection of an upgrade ends with its answer.
  if (request.ws) reply.header('Connection', 'close');
  reply.header('X-Request-Id', request.id);
  if (isPrivate(pathOf(request.url))) reply.header('Cache-Control', 'no-store');
}

/** Before authentication: a token that came in the clear is not looked at. */
async function requireHttps(
  request: FastifyRequest,
  reply: FastifyReply,
  authorizer: Authorizer,
): Promise<void> {
  const path = pathOf(request.url);
  if (request.protocol === 'https' || isProbe(path)) return;
  if (!isExempt(path)) await authorizer.answerUnknown(request, reply);
  throw failure('https_required');
}

function access(log: Logger, request: FastifyRequest, reply: FastifyReply): void {
  const { id, method, url } = request;
  const ms = Math.round(reply.elapsedTime);
  log.debug({ requestId: id, method, path: loggedPath(url), status: reply.statusCode, ms }, 'answered');
}

async function preflight(
  { url, headers: { origin, host } }: FastifyRequest,
  reply: FastifyReply,
  origins: KnownOrigins,
): Promise<FastifyReply> {
  if (isPasskeyPage(pathOf(url))) {
    reply.headers(passkeyPreflight(origin));
  } else if (origin !== undefined && !isExempt(pathOf(url))) {
    reply.headers(preflightHeaders(judgeOrigin(origin, host, await origins.everyAllowed()), origin));
  }
  return reply.code(204).send();
}

function register(app: FastifyInstance, route: Route, pipeline: Pipeline): void {
  const { method, upgrade } = route;
  for (const url of registeredPaths(route.path)) {
    const handler = (request: FastifyRequest, reply: FastifyReply) => serve(route, pipeline, request, reply);
    if (!upgrade) {
      app.route({ method, url, handler });
      continue;
    }
    // Decided before the upgrade, while an answer can still be HTTP; the plugin opens the socket after this hook.
    const takers = new WeakMap<FastifyRequest, Awaited<ReturnType<typeof upgrade>>>();
    app.route({
      method,
      url,
      handler,
      preHandler: async (request, reply) => {
        if (!request.ws) return;
        const auth = await pipeline.authorizer.authorize(route, request, reply);
        const input = { body: undefined, query: request.query };
        const asked = handlerRequest(route.access, auth, input, request, reply);
        takers.set(request, await upgrade(asked as Parameters<typeof upgrade>[0]));
      },
      wsHandler: (socket, request) => takers.get(request)?.(socket),
    });
  }
}
