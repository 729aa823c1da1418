import type { FastifyReply, FastifyRequest } from 'fastify';
import { failure } from '../failure.ts';
import { isOutage } from '../storage/outage.ts';
import type { Logger } from '../telemetry/log.ts';
import { type Expected, errorAnswer, isExpected } from './errors.ts';
import { loggedPath } from './paths.ts';

/** Answers what was thrown. What we did not expect goes to the log with the request id, never to the client. */
export function answerError(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  log: Logger,
): FastifyReply {
  const failed = asExpected(error);
  const { status, body, headers } = errorAnswer(failed);
  if (status >= 500) {
    const ours = failed.code === 'internal' || failed.code === 'operation_failed';
    log[ours ? 'error' : 'warn'](
      { err: error, requestId: request.id, method: request.method, path: loggedPath(request.url) },
      'request failed',
    );
  }
  return reply.code(status).headers(headers).send(body);
}

function asExpected(error: unknown): Expected {
  if (isExpected(error)) return error;
  return isOutage(error)
    ? failure('storage_unavailable', undefined, error)
    : failure('internal', undefined, error);
}
