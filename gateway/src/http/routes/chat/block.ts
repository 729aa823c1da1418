import { z } from 'zod';
import { blockContact } from '../../../instances/chats/block-contact.ts';
import { textError } from '../../body/fields.ts';
import type { Route } from '../../route.ts';
import { changeRoute } from './change-route.ts';
import type { ChatRouteDeps } from './deps.ts';
import { CHATS, chatNumber, flag } from './fields.ts';

const person = chatNumber([...CHATS, 'status']).refine(
  ({ kind }) => kind === 'user' || kind === 'lid',
  textError('Only individual contacts can be blocked'),
);

/** POST /api/chat/block/:instance */
export function blockRoute(deps: ChatRouteDeps): Route {
  return changeRoute({
    name: 'block',
    summary: 'Block or unblock a contact',
    examples: [
      {
        body: { number: '5511999999999', block: true },
        answer: {
          success: true,
          message: 'Contact blocked successfully',
          contact_jid: '5511999999999@s.whatsapp.net',
          blocked_count: 7,
          blocked: true,
        },
      },
      {
        body: { number: '5511999999999', block: false },
        answer: {
          success: true,
          message: 'Contact unblocked successfully',
          contact_jid: '5511999999999@s.whatsapp.net',
          blocked_count: 6,
          blocked: false,
        },
      },
    ],
    body: z.object({ number: person, block: flag }),
    bodyErrors: 'short',
    async change(instance, body) {
      const { block } = body;
      const { contact, blockedCount } = await blockContact(instance, body, deps);
      const message = block ? 'Contact blocked successfully' : 'Contact unblocked successfully';
      return { message, contact_jid: contact.jid, blocked_count: blockedCount, blocked: block };
    },
  });
}
