import { children, type Stanza, stanza } from '../../wire/stanza.ts';
import { acceptChatState, acceptPresence } from '../accounts/presence.ts';
import { acceptCall } from '../calls.ts';
import type { ServerContext } from '../context.ts';
import { acceptAck } from '../messages/acks.ts';
import { acceptMessage } from '../messages/messages.ts';
import { acceptReceipt } from '../messages/receipts.ts';
import { answerQuery, type QuerySession } from '../queries/queries.ts';
import { StanzaError } from '../stanza-error.ts';

/** What dispatching needs of the session of a logged-in client. */
interface Session extends QuerySession {
  readonly connection: { send(node: Stanza): void };
  readonly offline: { begin(): void; batch(size: number): void; acknowledged(): void };
}

/** Gives a stanza of a logged-in client to the family it belongs to. */
export function dispatch(ctx: ServerContext, session: Session, node: Stanza): void {
  const { device, connection } = session;
  ctx.touch();
  switch (node.tag) {
    case 'iq':
      if (node.attrs.type === 'get' || node.attrs.type === 'set') {
        connection.send(answer(ctx, session, node));
      }
      return;
    case 'message': {
      const ack = acceptMessage(ctx, device, node);
      if (ack) connection.send(ack);
      return;
    }
    case 'receipt':
      connection.send(acceptReceipt(ctx, device, node));
      session.offline.acknowledged();
      return;
    case 'ack':
      acceptAck(ctx, device, node);
      session.offline.acknowledged();
      return;
    case 'call':
      connection.send(acceptCall(ctx, device, node));
      return;
    case 'presence':
      acceptPresence(ctx, device, node);
      return;
    case 'chatstate':
      acceptChatState(ctx, device, node);
      return;
    case 'ib':
      acceptInfo(session, node);
      return;
    default:
      ctx.stats.unknownQuery(node.tag);
      if (node.attrs.id) connection.send(refusal(node, new StanzaError(501, 'feature-not-implemented')));
  }
}

/** Answers an iq, with `type="error"` when its handler refuses it. */
function answer(ctx: ServerContext, session: Session, iq: Stanza): Stanza {
  try {
    const content = answerQuery(ctx, session, iq);
    return stanza('iq', replyAttributes(iq, 'result'), content.length > 0 ? content : undefined);
  } catch (error) {
    if (!(error instanceof StanzaError)) throw error;
    if (error.code === 501) ctx.stats.unknownQuery(`${iq.attrs.xmlns ?? ''}/${children(iq)[0]?.tag ?? ''}`);
    return refusal(iq, error);
  }
}

function replyAttributes(node: Stanza, type: string): Record<string, string | undefined> {
  return { id: node.attrs.id, type, from: node.attrs.to ?? 's.whatsapp.net' };
}

function refusal(node: Stanza, error: StanzaError): Stanza {
  return stanza(node.tag, replyAttributes(node, 'error'), [error.toStanza()]);
}

function acceptInfo(session: Session, node: Stanza): void {
  for (const each of children(node, 'offline_batch')) session.offline.batch(Number(each.attrs.count) || 100);
}
