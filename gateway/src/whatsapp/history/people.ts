import type { TrustToken } from '../ports/identities.ts';
import type { HistoryStep } from './chunk.ts';

/** The phone JID and LID that a step gives for one person. */
export function pairsIn(step: HistoryStep): { jid: string; lid: string }[] {
  if (step.kind === 'pair') return [{ jid: step.jid, lid: step.lid }];
  if (step.kind !== 'conversation') return [];
  const { person } = step.conversation;
  return person?.jid && person.lid ? [{ jid: person.jid, lid: person.lid }] : [];
}

/** The token that the other side of a conversation has given. */
export function tokensIn(step: HistoryStep): TrustToken[] {
  if (step.kind !== 'conversation') return [];
  const { id, token } = step.conversation;
  return token ? [{ jid: id, ...token }] : [];
}
