import { z } from 'zod';
import { editMessage } from '../../../instances/chats/messages/edit-message.ts';
import { fieldError, textError } from '../../body/fields.ts';
import type { Route } from '../../route.ts';
import { TEXT_CHARACTERS } from '../message/fields.ts';
import { changeRoute } from './change-route.ts';
import type { ChatRouteDeps } from './deps.ts';
import { requiredWord } from './fields.ts';

/** Sent as it is, blanks around it included; one of blanks alone is missing. */
const content = z
  .string()
  .nullish()
  .transform((text) => text ?? '')
  .refine((text) => text.trim() !== '', textError('content is required'))
  .refine((text) => text.length <= TEXT_CHARACTERS, fieldError({ rule: 'at most', max: TEXT_CHARACTERS }));

/** POST /api/chat/edit/:instance */
export function editRoute(deps: ChatRouteDeps): Route {
  return changeRoute({
    name: 'edit',
    summary: 'Edit a sent text',
    examples: [
      {
        body: { messageId: '3EB08FCF27E532F1B0F5', content: 'Sorry, I meant 6 PM' },
        answer: {
          success: true,
          message: 'Message edited successfully',
          messageId: '3EB08FCF27E532F1B0F5',
          chatJid: '5511999999999@s.whatsapp.net',
          oldContent: 'Sorry, I meant 5 PM',
          newContent: 'Sorry, I meant 6 PM',
        },
      },
    ],
    body: z.object({ messageId: requiredWord('messageId is required'), content }),
    bodyErrors: 'short',
    async change(instance, { messageId, content }) {
      const { chat, before } = await editMessage(instance, { messageId, content }, deps);
      const message = 'Message edited successfully';
      return { message, messageId, chatJid: chat, oldContent: before, newContent: content };
    },
  });
}
