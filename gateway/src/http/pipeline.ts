import type { FastifyReply, FastifyRequest } from 'fastify';
import { failure } from '../failure.ts';
import type { TempFiles } from '../storage/temp-files.ts';
import { principalKey } from '../tenancy/principal.ts';
import type { AuthContext, Authorizer } from './access/authorizer.ts';
import { BODY_LIMIT, type ReadBody, readBody } from './body/read-body.ts';
import { validate } from './body/validation.ts';
import { isExpected } from './errors.ts';
import type { Idempotency } from './idempotency.ts';
import { JsonText } from './json-text.ts';
import { pathOf } from './paths.ts';
import { type Access, MESSAGE_ID, type Route, type RouteAnswer, type RouteRequest } from './route.ts';
import { Streamed } from './streamed.ts';

export interface Pipeline {
  authorizer: Authorizer;
  idempotency: Idempotency;
  /** Where long strings of a body go; left out: they stay in memory. */
  files?: TempFiles | undefined;
}

export type HandlerRequest = RouteRequest<Access, never, never>;

/** One request through one route: access, body, schema, handler, answer. */
export async function serve(
  route: Route,
  pipeline: Pipeline,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { authorizer, files } = pipeline;
  const auth = await authorizer.authorize(route, request, reply);
  if (!route.body) return answer(reply, await result(route, pipeline, { request, reply, auth }));
  const read = await readBody(request.raw, {
    limit: route.bodyLimit ?? BODY_LIMIT,
    optional: route.bodyOptional === true || route.bodyFromQuery !== undefined,
    errors: route.bodyErrors ?? 'short',
    spooled: route.spooledFields && files && { fields: route.spooledFields, files },
  });
  let done: RouteAnswer;
  try {
    done = await result(route, pipeline, { request, reply, auth, read });
  } finally {
    await read.release();
  }
  return answer(reply, done);
}

interface Exchange {
  request: FastifyRequest;
  reply: FastifyReply;
  auth: AuthContext;
  read?: ReadBody;
}

async function result(
  route: Route,
  { idempotency }: Pipeline,
  { request, reply, auth, read }: Exchange,
): Promise<RouteAnswer> {
  const errors = route.bodyErrors ?? 'short';
  const inQuery = read?.isEmpty ? route.bodyFromQuery : undefined;
  const input = {
    body: inQuery
      ? validate(inQuery, firstValues(request.query), errors)
      : route.body && validate(route.body, read?.value, errors),
    query: route.query && validate(route.query, firstValues(request.query), 'short'),
  };
  const work = () => handle(route, handlerRequest(route.access, auth, input, request, reply));

  const key = route.idempotent ? request.headers['idempotency-key'] : undefined;
  if (key === undefined || !auth.principal) return work();
  const attempt = {
    principal: principalKey(auth.principal),
    key: String(key),
    method: request.method,
    path: pathOf(request.url),
    digest: read?.digest ?? Buffer.alloc(0),
    messageId: () => reply.getHeader(MESSAGE_ID)?.toString() ?? null,
  };
  const given = await idempotency.once(attempt, work);
  if (given.replayed) {
    reply.header('Idempotent-Replayed', 'true');
    if (given.messageId !== null) reply.header(MESSAGE_ID, given.messageId);
  }
  return { status: given.status, body: given.body };
}

/** What a handler is given; fails closed when a protected one was reached without a principal. */
export function handlerRequest(
  access: Access,
  auth: AuthContext,
  input: { body: unknown; query: unknown },
  request: FastifyRequest,
  reply: FastifyReply,
): HandlerRequest {
  const needsPrincipal = access.to !== 'open' && access.to !== 'admin';
  if (needsPrincipal && !auth.principal) throw failure('unauthenticated');
  return {
    ...auth,
    ...input,
    params: request.params,
    requestId: request.id,
    header: (name: string, value: string) => void reply.header(name, value),
  } as unknown as HandlerRequest;
}

async function handle(route: Route, request: HandlerRequest): Promise<Required<RouteAnswer>> {
  try {
    const { status = 200, body } = await route.handle(request as Parameters<Route['handle']>[0]);
    return { status, body };
  } catch (error) {
    if (isExpected(error) || route.failed === undefined) throw error;
    throw failure('operation_failed', { text: route.failed }, error);
  }
}

function answer(reply: FastifyReply, { status = 200, body }: RouteAnswer): FastifyReply {
  if (body instanceof Streamed) {
    const { stream, contentType, length } = body;
    return reply.code(status).headers({ 'content-type': contentType, 'content-length': length }).send(stream);
  }
  if (!(body instanceof JsonText)) return reply.code(status).send(body);
  return reply.code(status).header('Content-Type', 'application/json; charset=utf-8').send(body.text);
}

/** A parameter that is given twice counts with its first value. */
function firstValues(query: unknown): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(query as Record<string, unknown>).map(([name, value]) => [
      name,
      Array.isArray(value) ? value[0] : value,
    ]),
  );
}
