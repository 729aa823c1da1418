import { z } from 'zod';
import { failure } from '../../../failure.ts';
import { optionalText, textError } from '../../body/fields.ts';
import { type Route, type RouteExample, route } from '../../route.ts';
import type { CallRouteDeps } from './deps.ts';
import { callee, calleeDigits } from './fields.ts';

const BODY_LIMIT = 16 * 1024 * 1024;

const body = z
  .object({
    number: callee,
    mediaUrl: optionalText(BODY_LIMIT),
    mediaBase64: optionalText(BODY_LIMIT),
  })
  .refine(
    ({ mediaUrl, mediaBase64 }) => (mediaUrl === undefined) !== (mediaBase64 === undefined),
    textError('Exactly one of mediaUrl or mediaBase64 is required'),
  );

const example: RouteExample = {
  body: { number: '5511999999999', mediaUrl: 'https://example.com/greeting.mp3' },
  status: 501,
  answer: { success: false, error: { message: 'Audio calls are not supported by this server' } },
};

/** POST /api/call/audio/:instance: the engine carries no sound, so no call is placed (`docs/limits.md`). */
export function audioCall({ sessions }: Pick<CallRouteDeps, 'sessions'>): Route {
  return route({
    method: 'POST',
    path: '/api/call/audio/:instance',
    summary: 'Ring a number and play a file (not supported by this engine)',
    examples: [example],
    access: { to: 'instance', unknown: 'lower case' },
    rate: 'global',
    body,
    bodyErrors: 'detailed',
    bodyLimit: BODY_LIMIT,
    idempotent: true,
    async handle({ instance, body: { number } }) {
      calleeDigits(number);
      sessions.session(instance.id);
      throw failure('audio_calls_unsupported');
    },
  });
}
