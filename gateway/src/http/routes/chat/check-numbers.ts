import { z } from 'zod';
import { checkNumbers } from '../../../instances/chats/check-numbers.ts';
import { listOf, textError } from '../../body/fields.ts';
import { type Route, type RouteExample, route } from '../../route.ts';
import type { ChatRouteDeps } from './deps.ts';

const MAX_NUMBERS = 50;

const examples: RouteExample[] = [
  {
    body: { numbers: ['+55 (11) 99999-9999', '5581999999999', '123'] },
    answer: {
      success: true,
      message: '2 of 3 numbers are on WhatsApp',
      total: 3,
      results: [
        {
          number: '+55 (11) 99999-9999',
          exists: true,
          jid: '5511999999999@s.whatsapp.net',
          lid: '199789077627112@lid',
        },
        { number: '5581999999999', exists: true, jid: '558199999999@s.whatsapp.net', lid: null },
        { number: '123', exists: false, jid: null, lid: null, error: 'Invalid number: 123' },
      ],
    },
  },
];

const body = z.object({
  numbers: listOf(z.string(), MAX_NUMBERS)
    .nullish()
    .transform((numbers) => numbers ?? [])
    .refine((numbers) => numbers.length > 0, textError('Numbers is required'))
    .refine(
      (numbers) => numbers.length <= MAX_NUMBERS,
      textError(`numbers must have between 1 and ${MAX_NUMBERS} items`),
    ),
});

export function checkNumbersRoute(deps: ChatRouteDeps): Route {
  return route({
    method: 'POST',
    path: '/api/chat/checkNumbers/:instance',
    summary: 'Check which numbers are on WhatsApp',
    examples,
    access: { to: 'instance' },
    rate: 'global',
    bodyErrors: 'detailed',
    body,
    async handle({ instance, body: { numbers } }) {
      const results = await checkNumbers(instance, numbers, deps);
      const found = results.filter(({ exists }) => exists).length;
      const message = `${found} of ${results.length} numbers are on WhatsApp`;
      return { body: { success: true, message, total: results.length, results } };
    },
  });
}
