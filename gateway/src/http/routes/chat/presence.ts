import { z } from 'zod';
import { showPresence } from '../../../instances/chats/show-presence.ts';
import { fieldError, textError } from '../../body/fields.ts';
import type { Route } from '../../route.ts';
import { changeRoute } from './change-route.ts';
import type { ChatRouteDeps } from './deps.ts';
import { chatNumber, requiredWord } from './fields.ts';

const MAX_SECONDS = 60;
const CHOICES = "Use 'typing', 'recording', or 'pause'";

const STATES = new Map([
  ['typing', { name: 'typing', shown: 'composing' as const }],
  ['recording', { name: 'recording', shown: 'recording' as const }],
  ['pause', { name: 'pause', shown: 'paused' as const }],
  ['paused', { name: 'pause', shown: 'paused' as const }],
]);

const state = requiredWord(`State is required. ${CHOICES}`).transform((text, context) => {
  const known = STATES.get(text.toLowerCase());
  if (known) return known;
  context.addIssue({ code: 'custom', ...textError(`Invalid state. ${CHOICES}`) });
  return z.NEVER;
});

const duration = z
  .number('integer')
  .refine(Number.isInteger, { ...fieldError({ rule: 'integer' }), abort: true })
  .refine((seconds) => seconds >= 0, textError(`duration must be between 0 and ${MAX_SECONDS}`))
  .nullish()
  .transform((seconds) => Math.min(seconds ?? 0, MAX_SECONDS));

/** POST /api/chat/presence/:instance */
export function presenceRoute(deps: ChatRouteDeps): Route {
  return changeRoute({
    name: 'presence',
    summary: 'Show typing or recording in a chat, or take it back',
    examples: [
      {
        body: { number: '5511999999999', state: 'typing', duration: 5 },
        answer: {
          success: true,
          message: 'Presence updated successfully',
          chat_jid: '5511999999999@s.whatsapp.net',
          state: 'typing',
          duration: 5,
        },
      },
      {
        body: { number: '5511999999999', state: 'pause' },
        answer: {
          success: true,
          message: 'Presence updated successfully',
          chat_jid: '5511999999999@s.whatsapp.net',
          state: 'pause',
        },
      },
    ],
    body: z.object({ number: chatNumber(['user', 'lid', 'group']), state, duration }),
    bodyErrors: 'short',
    async change(instance, { number, state: { name, shown }, duration }) {
      const seconds = shown === 'paused' ? 0 : duration;
      const chat = await showPresence(instance, { number, state: shown, seconds }, deps);
      const message = 'Presence updated successfully';
      return { message, chat_jid: chat.jid, state: name, ...(seconds > 0 && { duration: seconds }) };
    },
  });
}
