import { z } from 'zod';
import { failure } from '../../../failure.ts';
import type { Jid, JidKind } from '../../../whatsapp/jid.ts';
import { isEmoji, reactionKind } from '../../../whatsapp/outbound/reaction.ts';
import { parseUser } from '../../../whatsapp/recipient.ts';
import { textError } from '../../body/fields.ts';
import type { Route, RouteExample } from '../../route.ts';
import type { MessageRouteDeps } from './deps.ts';
import { sentExample } from './example.ts';
import { addressFields, flag, optionalWords, requiredWords, sendingBody } from './fields.ts';
import { sendRoute } from './send-route.ts';

const RECIPIENTS: readonly JidKind[] = ['user', 'lid', 'group'];
const REMOVE = 'remove';

const body = sendingBody(
  z.object({
    ...addressFields,
    messageId: requiredWords(),
    reaction: requiredWords().refine(
      (reaction) => reaction === REMOVE || isEmoji(reaction),
      textError('Reaction must be a single emoji or "remove"'),
    ),
    fromMe: flag,
    participant: optionalWords(),
  }),
);

const example: RouteExample = {
  body: { number: '5511999999999', messageId: '3EB0A1B2C3D4E5F60718', reaction: '👍' },
  answer: sentExample('Reaction sent successfully', {
    messageId: '3EB08FCF27E532F1B0FA',
    messageType: 'reaction',
    content: '👍',
    replyTo: { messageId: '3EB0A1B2C3D4E5F60718' },
  }),
};

/** POST /api/message/reaction/:instance */
export function reactionRoute(deps: MessageRouteDeps): Route {
  return sendRoute(
    {
      path: '/api/message/reaction/:instance',
      summary: 'React to a message, or take the reaction away',
      examples: [example],
      recipients: RECIPIENTS,
      body,
      sent: ({ reaction }) =>
        reaction === REMOVE ? 'Reaction removed successfully' : 'Reaction sent successfully',
      kind({ messageId, reaction, fromMe, participant }, { now }, recipient) {
        const about = { messageId, fromMe, participant: authorOf(recipient, fromMe, participant) };
        return reactionKind(about, reaction === REMOVE ? '' : reaction, now);
      },
    },
    deps,
  );
}

/** In a group, WhatsApp identifies a message of another person by its author too. Throws `field_invalid`. */
function authorOf(recipient: Jid, fromMe: boolean, participant: string | undefined): string | undefined {
  if (recipient.kind !== 'group' || fromMe) return undefined;
  if (participant !== undefined) return parseUser(participant, 'participant');
  throw failure('field_invalid', { text: 'participant is required for group messages' });
}
