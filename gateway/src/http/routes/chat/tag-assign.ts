import { z } from 'zod';
import { labelChat } from '../../../instances/chats/labels/label-chat.ts';
import type { Route } from '../../route.ts';
import { changeRoute } from './change-route.ts';
import type { ChatRouteDeps } from './deps.ts';
import { CHATS, chatNumber, requiredWord } from './fields.ts';

/** A JSON integer is taken for its digits. */
const tagId = z.preprocess(
  (id) => (Number.isInteger(id) ? String(id) : id),
  requiredWord('tagId is required'),
);

/** POST /api/chat/assignTag/:instance */
export function tagAssignRoute(deps: ChatRouteDeps): Route {
  return changeRoute({
    name: 'assignTag',
    summary: 'Put a label on a chat',
    examples: [
      {
        body: { number: '5511999999999', tagId: '2' },
        answer: {
          success: true,
          message: 'Tag assigned successfully',
          tag_id: '2',
          chat_jid: '5511999999999@s.whatsapp.net',
        },
      },
    ],
    body: z.object({ number: chatNumber(CHATS), tagId }),
    async change(instance, { number, tagId }) {
      const chat = await labelChat(instance, { number, labelId: tagId, labeled: true }, deps);
      return { message: 'Tag assigned successfully', tag_id: tagId, chat_jid: chat.jid };
    },
  });
}
