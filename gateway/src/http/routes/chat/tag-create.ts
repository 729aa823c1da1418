import { z } from 'zod';
import { createLabel } from '../../../instances/chats/labels/create-label.ts';
import { absentWhenNull, codePoints, fieldError, textError } from '../../body/fields.ts';
import type { Route } from '../../route.ts';
import { changeRoute } from './change-route.ts';
import type { ChatRouteDeps } from './deps.ts';
import { requiredWord } from './fields.ts';

const NAME_CHARACTERS = 100;
/** The palette that the API writes; synchronised labels may have more. */
const LAST_COLOR = 10;

const name = requiredWord('Tag name is required', Number.POSITIVE_INFINITY).refine(
  (text) => codePoints(text) <= NAME_CHARACTERS,
  textError(`name must be at most ${NAME_CHARACTERS} characters`),
);

const color = absentWhenNull(
  z.number('integer').refine(Number.isInteger, { ...fieldError({ rule: 'integer' }), abort: true }),
).transform((chosen) => (chosen !== undefined && chosen >= 0 && chosen <= LAST_COLOR ? chosen : 0));

/** POST /api/chat/tag/:instance */
export function tagCreateRoute(deps: ChatRouteDeps): Route {
  return changeRoute({
    name: 'tag',
    summary: 'Create a label',
    examples: [
      {
        body: { name: 'VIP', color: 5 },
        answer: {
          success: true,
          message: 'Tag created successfully',
          tag: { id: '3', name: 'VIP', color: 5, type: 'CUSTOM', deleted: false },
        },
      },
    ],
    body: z.object({ name, color }),
    async change(instance, { name, color }) {
      const id = await createLabel(instance, { name, color }, deps);
      const tag = { id, name, color, type: 'CUSTOM', deleted: false };
      return { message: 'Tag created successfully', tag };
    },
  });
}
