import { children, type Stanza, stanza, textOf } from '../wire/stanza.ts';
import type { ServerContext } from './context.ts';
import type { Account, Device } from './directory.ts';
import {
  addMembers,
  createGroup,
  leaveGroup,
  type Outcome,
  removeMembers,
  setRole,
  setSubject,
} from './group-changes.ts';
import { groupNode, participantNode } from './group-stanzas.ts';
import { type Group, MAX_PARTICIPANTS } from './groups.ts';
import { StanzaError } from './stanza-error.ts';

type Change = (ctx: ServerContext, group: Group, by: Account, accounts: Account[]) => Outcome[];

const CHANGES = new Map<string, Change>(
  Object.entries({
    add: addMembers,
    remove: removeMembers,
    promote: (ctx, group, by, accounts) => setRole(ctx, group, by, accounts, 'admin'),
    demote: (ctx, group, by, accounts) => setRole(ctx, group, by, accounts, 'member'),
  } satisfies Record<string, Change>),
);

/** `xmlns="w:g2"`: metadata, the groups one is in, making and leaving groups, members, subject. */
export function answerGroups(ctx: ServerContext, device: Device, iq: Stanza): Stanza[] {
  const [request] = children(iq);
  if (!request) throw new StanzaError(400, 'bad-request');
  if (iq.attrs.to === '@g.us') return answerAll(ctx, device.account, iq, request);
  const group = ctx.groups.get(iq.attrs.to);
  if (!group) throw new StanzaError(404, 'item-not-found');
  if (!group.participants.has(device.account)) throw new StanzaError(403, 'forbidden');
  if (iq.attrs.type === 'get' && request.tag === 'query') return [groupNode(group)];
  if (iq.attrs.type !== 'set') throw new StanzaError(501, 'feature-not-implemented');
  if (request.tag === 'subject') {
    setSubject(ctx, group, device.account, textOf(request) ?? '');
    return [];
  }
  const change = CHANGES.get(request.tag);
  if (!change) throw new StanzaError(501, 'feature-not-implemented');
  return [applied(ctx, group, device.account, request, change)];
}

/** What is not about one group. */
function answerAll(ctx: ServerContext, account: Account, iq: Stanza, request: Stanza): Stanza[] {
  if (iq.attrs.type === 'get' && request.tag === 'participating') {
    return [stanza('groups', {}, ctx.groups.of(account).map(groupNode))];
  }
  if (iq.attrs.type === 'set' && request.tag === 'create') {
    const members = named(ctx, request).flatMap(([, member]) => member ?? []);
    return [groupNode(createGroup(ctx, account, request.attrs.subject ?? '', members))];
  }
  if (iq.attrs.type === 'set' && request.tag === 'leave') {
    const left = children(request, 'group').map(({ attrs }) => {
      const group = ctx.groups.get(attrs.id);
      if (!group) throw new StanzaError(404, 'item-not-found');
      leaveGroup(ctx, group, account);
      return stanza('group', { id: attrs.id });
    });
    return [stanza('leave', {}, left)];
  }
  throw new StanzaError(501, 'feature-not-implemented');
}

/** The answer names everybody who was asked about; a number that is not on WhatsApp gets a 404. */
function applied(ctx: ServerContext, group: Group, by: Account, request: Stanza, change: Change): Stanza {
  const asked = named(ctx, request);
  const outcomes = change(
    ctx,
    group,
    by,
    asked.flatMap(([, account]) => account ?? []),
  );
  const unknown = asked.filter(([, account]) => !account);
  return stanza(request.tag, {}, [
    ...outcomes.map(([account, error]) => participantNode(account, group.participants.get(account), error)),
    ...unknown.map(([jid]) => stanza('participant', { jid, error: '404' })),
  ]);
}

function named(ctx: ServerContext, request: Stanza): [string, Account | undefined][] {
  const participants = children(request, 'participant');
  if (participants.length > MAX_PARTICIPANTS) throw new StanzaError(406, 'not-acceptable');
  return participants.map(({ attrs }) => [attrs.jid ?? '', ctx.directory.account(attrs.jid)]);
}
