import { z } from 'zod';
import { deleteMessage } from '../../../instances/chats/messages/delete-message.ts';
import type { Route } from '../../route.ts';
import { changeRoute } from './change-route.ts';
import type { ChatRouteDeps } from './deps.ts';
import { flag, queryFlag, requiredWord } from './fields.ts';

const messageId = requiredWord('MessageID is required');

/** DELETE /api/chat/delete/:instance */
export function deleteMessageRoute(deps: ChatRouteDeps): Route {
  return changeRoute({
    method: 'DELETE',
    name: 'delete',
    summary: 'Delete a message, for everyone or on the own devices',
    examples: [
      {
        body: { messageId: '3EB08FCF27E532F1B0F5', deleteForEveryone: true },
        answer: {
          success: true,
          message: 'Message deleted for everyone successfully',
          message_id: '3EB08FCF27E532F1B0F5',
          chat_jid: '5511999999999@s.whatsapp.net',
          delete_type: 'revoke',
        },
      },
      {
        body: { messageId: '3EB08FCF27E532F1B0F5', deleteForEveryone: false },
        answer: {
          success: true,
          message: 'Message deleted for me successfully',
          message_id: '3EB08FCF27E532F1B0F5',
          chat_jid: '5511999999999@s.whatsapp.net',
          delete_type: 'delete_for_me',
        },
      },
    ],
    body: z.object({ messageId, deleteForEveryone: flag }),
    bodyFromQuery: z.object({ messageId, deleteForEveryone: queryFlag('deleteForEveryone') }),
    bodyErrors: 'short',
    async change(instance, { messageId, deleteForEveryone: forEveryone }) {
      const { chat } = await deleteMessage(instance, { messageId, forEveryone }, deps);
      return {
        message: `Message deleted for ${forEveryone ? 'everyone' : 'me'} successfully`,
        message_id: messageId,
        chat_jid: chat,
        delete_type: forEveryone ? 'revoke' : 'delete_for_me',
      };
    },
  });
}
