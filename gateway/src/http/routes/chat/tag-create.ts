import { z } from 'zod';
import { KeyedMutex } from '../../../async/keyed-mutex.ts';
import type { ChatAction } from '../../../instances/chats/chat-actions.ts';
import { absentWhenNull, breaks, codePoints, says } from '../../body/fields.ts';
import type { Route } from '../../route.ts';
import { changeRoute } from './change-route.ts';
import type { ChatRouteDeps } from './deps.ts';
import { requiredWord } from './fields.ts';

const NAME_CHARACTERS = 100;
/** The palette that the API writes; synchronised labels may have more. */
const LAST_COLOR = 10;

const name = requiredWord('Tag name is required', Number.POSITIVE_INFINITY).refine(
  (text) => codePoints(text) <= NAME_CHARACTERS,
  says(`name must be at most ${NAME_CHARACTERS} characters`),
);

const color = absentWhenNull(
  z.number('integer').refine(Number.isInteger, { ...breaks({ rule: 'integer' }), abort: true }),
).transform((chosen) => (chosen !== undefined && chosen >= 0 && chosen <= LAST_COLOR ? chosen : 0));

/** POST /api/chat/tag/:instance */
export function tagCreateRoute(deps: ChatRouteDeps): Route {
  // Two labels that are made at the same time would get the same id.
  const instances = new KeyedMutex();
  return changeRoute(
    {
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
      operation: () => 'create tag',
      async change(action, { name, color }) {
        const create = () => instances.run(action.instance.id, () => createLabel(action, { name, color }));
        const id = await action.perform(create);
        const tag = { id, name, color, type: 'CUSTOM', deleted: false };
        return { message: 'Tag created successfully', tag };
      },
    },
    deps,
  );
}

async function createLabel(action: ChatAction, label: { name: string; color: number }): Promise<string> {
  const { chats } = action.session;
  await chats.syncLabels(); // else the id may be that of a label of the phone
  const id = await action.mailbox(({ labels }) => labels.nextId());
  await chats.editLabel({ id, ...label, deleted: false });
  return id;
}
