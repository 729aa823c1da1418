import { z } from 'zod';
import { muteChat } from '../../../instances/chats/mute-chat.ts';
import { textError } from '../../body/fields.ts';
import type { Route } from '../../route.ts';
import { changeRoute } from './change-route.ts';
import type { ChatRouteDeps } from './deps.ts';
import { CHATS, chatNumber, flag, optionalWord } from './fields.ts';

/** How long, in seconds; 0 = without end. */
const HOURS = { seconds: 28_800, muted: 'Chat muted for 8 hours' };
const WEEK = { seconds: 604_800, muted: 'Chat muted for 1 week' };
const WITHOUT_END = { seconds: 0, muted: 'Chat muted permanently' };

const DURATIONS = new Map([
  ['8h', HOURS],
  ['8 hours', HOURS],
  ['1w', WEEK],
  ['7d', WEEK],
  ['1 week', WEEK],
  ['always', WITHOUT_END],
  ['forever', WITHOUT_END],
  ['permanent', WITHOUT_END],
  ['', WITHOUT_END],
]);

const body = z
  .object({ number: chatNumber(CHATS), mute: flag, duration: optionalWord })
  .transform(({ duration, ...rest }, context) => {
    const length = DURATIONS.get(duration.toLowerCase());
    if (!length && rest.mute) {
      context.addIssue({ code: 'custom', path: ['duration'], ...textError(`Invalid duration: ${duration}`) });
    }
    return { ...rest, length: length ?? WITHOUT_END };
  });

/** POST /api/chat/mute/:instance */
export function muteRoute(deps: ChatRouteDeps): Route {
  return changeRoute({
    name: 'mute',
    summary: 'Mute a chat for a while or for good, or unmute it',
    examples: [
      {
        body: { number: '5511999999999', mute: true, duration: '8h' },
        answer: {
          success: true,
          message: 'Chat muted for 8 hours',
          chat_jid: '5511999999999@s.whatsapp.net',
          muted: true,
          duration: 28800,
        },
      },
      {
        body: { number: '5511999999999', mute: false },
        answer: {
          success: true,
          message: 'Chat notifications unmuted successfully',
          chat_jid: '5511999999999@s.whatsapp.net',
          muted: false,
          duration: 0,
        },
      },
    ],
    body,
    async change(instance, { number, mute, length: { seconds, muted } }) {
      const chat = await muteChat(instance, { number, mute, seconds }, deps);
      const message = mute ? muted : 'Chat notifications unmuted successfully';
      return { message, chat_jid: chat.jid, muted: mute, duration: mute ? seconds : 0 };
    },
  });
}
