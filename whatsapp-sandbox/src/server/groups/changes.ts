import { type Stanza, stanza } from '../../wire/stanza.ts';
import type { ServerWith } from '../context.ts';
import type { Account } from '../model/account.ts';
import {
  type Group,
  type GroupOptions,
  isAdmin,
  MAX_PARTICIPANTS,
  MAX_SUBJECT,
  makeGroup,
} from '../model/groups.ts';
import { StanzaError } from '../stanza-error.ts';
import { groupNode, notifyMembers, participantNode } from './stanzas.ts';

type Needs = ServerWith<'clock' | 'delivery' | 'groups'>;

/** What became of one account in a change: undefined when it was done, else WhatsApp's code for why not. */
export type Outcome = [Account, number | undefined];

/** Makes a group of those who let themselves be added; its members are notified with everything about it. */
export function createGroup(
  ctx: Needs,
  creator: Account,
  subject: string,
  wanted: Iterable<Account>,
  options: GroupOptions = {},
): { group: Group; outcomes: Outcome[] } {
  const members = new Set(wanted);
  members.delete(creator);
  if (members.size >= MAX_PARTICIPANTS) throw new StanzaError(406, 'not-acceptable');
  const jid = options.jid ?? ctx.groups.freeJid();
  if (ctx.groups.get(jid)) throw new StanzaError(409, 'conflict');
  const fields = { jid, creator, subject: checkedSubject(subject), now: ctx.clock() };
  const group = makeGroup(fields, options);
  const outcomes = [...members].map((member): Outcome => [member, refusalToBeAdded(creator, member)]);
  for (const member of done(outcomes)) group.participants.set(member, 'member');
  ctx.groups.add(group);
  const node = stanza('create', { type: 'new' }, [groupNode(group)]);
  notifyMembers(ctx, group, creator, group.participants.keys(), node);
  return { group, outcomes };
}

/** They get to know the whole group, the others get to know them. */
export function addMembers(ctx: Needs, group: Group, by: Account, wanted: Account[]): Outcome[] {
  if (!group.rules.memberAdd) requireAdmin(group, by);
  const outcomes = wanted.map((account): Outcome => {
    if (group.participants.has(account)) return [account, 409];
    if (group.left.has(account)) return [account, 408];
    const refusal = refusalToBeAdded(by, account);
    if (refusal !== undefined) return [account, refusal];
    if (group.participants.size >= MAX_PARTICIPANTS) return [account, 419];
    return [account, undefined];
  });
  enter(ctx, group, by, done(outcomes));
  return outcomes;
}

/** Takes people in, into the community of the group as well. `reason` says how they came when no member added them. */
export function enter(ctx: Needs, group: Group, by: Account, newcomers: Account[], reason?: string): void {
  const before = [...group.participants.keys()];
  const added = newcomers.filter((account) => !group.participants.has(account));
  if (added.length === 0) return;
  for (const account of added) {
    group.participants.set(account, 'member');
    group.requests.delete(account);
    group.left.delete(account);
  }
  notifyMembers(ctx, group, by, before, members('add', group, added, { reason }));
  notifyMembers(ctx, group, by, added, stanza('create', reason ? { reason } : {}, [groupNode(group)]));
  const community = group.kind === 'community' ? group : group.parent;
  const shared = community ? [community, ...ctx.groups.under(community)] : [];
  for (const other of shared) {
    if (other !== group && other.kind !== 'group') enter(ctx, other, by, added, 'linked_group_join');
  }
}

/** An admin removes people; those who go are notified as well. The creator stays. */
export function removeMembers(ctx: Needs, group: Group, by: Account, wanted: Account[]): Outcome[] {
  requireAdmin(group, by);
  const outcomes = wanted.map((account): Outcome => {
    if (!group.participants.has(account)) return [account, 404];
    if (account === group.creator) return [account, 406];
    return [account, undefined];
  });
  depart(ctx, group, by, done(outcomes));
  return outcomes;
}

/** A member goes by itself, which others see as a removal by the one who is gone. */
export function leaveGroup(ctx: Needs, group: Group, account: Account): void {
  if (!group.participants.has(account)) throw new StanzaError(404, 'item-not-found');
  // The Announcements group is left with its community.
  if (group.kind === 'announcements') throw new StanzaError(403, 'forbidden');
  depart(ctx, group, account, [account]);
  group.left.add(account);
}

/** Takes people out and notifies all members, the removed ones included. */
export function depart(ctx: Needs, group: Group, by: Account, leavers: Account[]): void {
  const gone = leavers.filter((account) => group.participants.has(account));
  if (gone.length === 0) return;
  const before = [...group.participants.keys()];
  for (const account of gone) group.participants.delete(account);
  notifyMembers(ctx, group, by, before, members('remove', group, gone));
}

/** An admin makes others admins, or members again. */
export function setRole(
  ctx: Needs,
  group: Group,
  by: Account,
  wanted: Account[],
  role: 'admin' | 'member',
): Outcome[] {
  requireAdmin(group, by);
  const outcomes = wanted.map((account): Outcome => {
    const before = group.participants.get(account);
    if (before === undefined) return [account, 404];
    if (before === 'superadmin') return [account, 406];
    group.participants.set(account, role);
    return [account, undefined];
  });
  const tag = role === 'admin' ? 'promote' : 'demote';
  const changed = done(outcomes);
  if (changed.length > 0) {
    notifyMembers(ctx, group, by, group.participants.keys(), members(tag, group, changed));
  }
  return outcomes;
}

/** An account got a new number: the new one takes its place wherever the old one was. */
export function changeNumber(ctx: Needs, old: Account, next: Account): void {
  for (const group of ctx.groups.of(old)) {
    const role = group.participants.get(old) ?? 'member';
    group.participants.delete(old);
    group.participants.set(next, role);
    notifyMembers(ctx, group, old, group.participants.keys(), members('modify', group, [next]));
  }
}

export function checkedSubject(subject: string): string {
  if (subject === '' || [...subject].length > MAX_SUBJECT) throw new StanzaError(406, 'not-acceptable');
  return subject;
}

export function requireAdmin(group: Group, account: Account): void {
  if (!isAdmin(group, account)) throw new StanzaError(403, 'forbidden');
}

/** Who keeps strangers from adding him is asked by a message instead. The people one has written to are contacts. */
function refusalToBeAdded(by: Account, account: Account): number | undefined {
  const setting = account.privacy.get('groupadd') ?? 'all';
  return setting === 'all' || (setting !== 'none' && account.peers.has(by)) ? undefined : 403;
}

function done(outcomes: Outcome[]): Account[] {
  return outcomes.filter(([, error]) => error === undefined).map(([account]) => account);
}

/** A change of members, which clients need not look up. */
export function members(
  tag: string,
  group: Group,
  accounts: Account[],
  attrs: Record<string, string | undefined> = {},
): Stanza {
  const nodes = accounts.map((account) =>
    participantNode(account, group.addressing, group.participants.get(account)),
  );
  return stanza(tag, attrs, nodes);
}
