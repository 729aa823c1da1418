import { children, type Stanza, stanza } from '../../wire/stanza.ts';
import type { ServerWith } from '../context.ts';
import type { Account } from '../model/account.ts';
import { type Group, MAX_PARTICIPANTS } from '../model/groups.ts';
import { StanzaError } from '../stanza-error.ts';
import type { Outcome } from './changes.ts';
import { participantNode } from './stanzas.ts';

type Needs = ServerWith<'directory'>;

/** The accounts that a request names; an unknown JID stays as it is. */
export function named(ctx: Needs, request: Stanza): [string, Account | undefined][] {
  const participants = children(request, 'participant');
  if (participants.length > MAX_PARTICIPANTS) throw new StanzaError(406, 'not-acceptable');
  return participants.map(({ attrs }) => [attrs.jid ?? '', ctx.directory.account(attrs.jid)]);
}

/** A participant for everybody who was asked about; a number that is not on WhatsApp gets a 404. */
export function outcomeNodes(
  group: Group,
  outcomes: Outcome[],
  asked: [string, Account | undefined][],
): Stanza[] {
  const unknown = asked.filter(([, account]) => !account);
  return [
    ...outcomes.map(([account, error]) =>
      participantNode(account, group.addressing, group.participants.get(account), error),
    ),
    ...unknown.map(([jid]) => stanza('participant', { jid, error: '404' })),
  ];
}
