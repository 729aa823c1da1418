import { z } from 'zod';
import { placeCall } from '../../../instances/calls/place-call.ts';
import { absentWhenNull, fieldError, textError } from '../../body/fields.ts';
import { type Route, type RouteExample, route } from '../../route.ts';
import type { CallRouteDeps } from './deps.ts';
import { callee, calleeDigits } from './fields.ts';

const DEFAULT_SECONDS = 8;
const LONGEST_SECONDS = 60;

const duration = absentWhenNull(
  z
    .number('integer')
    .refine(Number.isInteger, { ...fieldError({ rule: 'integer' }), abort: true })
    .refine(
      (seconds) => seconds >= 0 && seconds <= LONGEST_SECONDS,
      textError(`Duration must be between 1 and ${LONGEST_SECONDS} seconds`),
    ),
).transform((seconds) => seconds || DEFAULT_SECONDS);

const example: RouteExample = {
  body: { number: '5511999999999', duration: 8 },
  answer: {
    success: true,
    message: 'Call placed successfully',
    callId: '3EB08FCF27E532F1D3D3',
    number: '5511999999999',
    duration: 8,
  },
};

/** POST /api/call/fake/:instance */
export function fakeCall(deps: CallRouteDeps): Route {
  return route({
    method: 'POST',
    path: '/api/call/fake/:instance',
    summary: 'Ring a number and hang up after a while',
    examples: [example],
    access: { to: 'instance', unknown: 'lower case' },
    rate: 'global',
    body: z.object({ number: callee, duration }),
    bodyErrors: 'detailed',
    idempotent: true,
    async handle({ instance, body }) {
      const { duration } = body;
      const placed = await placeCall(
        instance,
        { digits: calleeDigits(body.number), seconds: duration },
        deps,
      );
      return { body: { success: true, message: 'Call placed successfully', ...placed, duration } };
    },
  });
}
