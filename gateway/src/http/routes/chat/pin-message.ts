import { z } from 'zod';
import { pinMessage } from '../../../instances/chats/messages/pin-message.ts';
import { textError } from '../../body/fields.ts';
import type { Route } from '../../route.ts';
import { changeRoute } from './change-route.ts';
import type { ChatRouteDeps } from './deps.ts';
import { flag, optionalWord, requiredWord } from './fields.ts';

const DAY_SECONDS = 86_400;

/** WhatsApp has these three. */
const DAY = { name: '24h', seconds: DAY_SECONDS };
const WEEK = { name: '7d', seconds: 7 * DAY_SECONDS };
const MONTH = { name: '30d', seconds: 30 * DAY_SECONDS };

const DURATIONS = new Map([
  ['24h', DAY],
  ['1d', DAY],
  ['24 hours', DAY],
  ['7d', WEEK],
  ['1w', WEEK],
  ['7 days', WEEK],
  ['', WEEK],
  ['30d', MONTH],
  ['30 days', MONTH],
]);

const body = z
  .object({ messageId: requiredWord('messageId is required'), pin: flag, duration: optionalWord })
  .transform(({ duration, ...rest }, context) => {
    const length = DURATIONS.get(duration.toLowerCase());
    if (!length && rest.pin) {
      context.addIssue({ code: 'custom', path: ['duration'], ...textError(`Invalid duration: ${duration}`) });
    }
    return { ...rest, length: length ?? WEEK };
  });

/** POST /api/chat/pinMessage/:instance */
export function pinMessageRoute(deps: ChatRouteDeps): Route {
  return changeRoute({
    name: 'pinMessage',
    summary: 'Pin a message in its chat for everybody, or unpin it',
    examples: [
      {
        body: { messageId: '3EB08FCF27E532F1B0F5', pin: true, duration: '7d' },
        answer: {
          success: true,
          message: 'Message pinned successfully',
          chat_jid: '5511999999999@s.whatsapp.net',
          message_id: '3EB08FCF27E532F1B0F5',
          pinned: true,
          duration: '7d',
        },
      },
      {
        body: { messageId: '3EB08FCF27E532F1B0F5', pin: false },
        answer: {
          success: true,
          message: 'Message unpinned successfully',
          chat_jid: '5511999999999@s.whatsapp.net',
          message_id: '3EB08FCF27E532F1B0F5',
          pinned: false,
        },
      },
    ],
    body,
    async change(instance, { messageId, pin, length }) {
      const seconds = pin ? length.seconds : null;
      const { chat } = await pinMessage(instance, { messageId, seconds }, deps);
      return {
        message: pin ? 'Message pinned successfully' : 'Message unpinned successfully',
        chat_jid: chat,
        message_id: messageId,
        pinned: pin,
        ...(pin && { duration: length.name }),
      };
    },
  });
}
