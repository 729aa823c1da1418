import { type Stanza, stanza } from '../wire/stanza.ts';
import type { ServerContext } from './context.ts';
import { type Account, accountJid } from './directory.ts';
import { groupNode, participantNode } from './group-stanzas.ts';
import { type Group, isAdmin, MAX_PARTICIPANTS, MAX_SUBJECT, type Role } from './groups.ts';
import { StanzaError } from './stanza-error.ts';

/** What became of one account in a change: undefined when it was done, else WhatsApp's code for why not. */
export type Outcome = [Account, number | undefined];

/** Makes a group; its members hear of it with everything that there is to know. */
export function createGroup(
  ctx: ServerContext,
  creator: Account,
  subject: string,
  members: Iterable<Account>,
): Group {
  const now = ctx.clock();
  const participants = new Map<Account, Role>([[creator, 'superadmin']]);
  for (const member of members) if (member !== creator) participants.set(member, 'member');
  if (participants.size > MAX_PARTICIPANTS) throw new StanzaError(406, 'not-acceptable');
  const group: Group = {
    jid: ctx.groups.freeJid(),
    creator,
    createdAt: now,
    subject: checkedSubject(subject),
    subjectBy: creator,
    subjectAt: now,
    participants,
  };
  ctx.groups.add(group);
  notify(ctx, group, creator, participants.keys(), stanza('create', { type: 'new' }, [groupNode(group)]));
  return group;
}

/** An admin adds people: they get to know the whole group, the others get to know them. */
export function addMembers(ctx: ServerContext, group: Group, by: Account, wanted: Account[]): Outcome[] {
  requireAdmin(group, by);
  const before = [...group.participants.keys()];
  const outcomes = wanted.map((account): Outcome => {
    if (group.participants.has(account)) return [account, 409];
    if (group.participants.size >= MAX_PARTICIPANTS) return [account, 419];
    group.participants.set(account, 'member');
    return [account, undefined];
  });
  const added = done(outcomes);
  if (added.length === 0) return outcomes;
  notify(ctx, group, by, before, change('add', added));
  notify(ctx, group, by, added, stanza('create', {}, [groupNode(group)]));
  return outcomes;
}

/** An admin removes people; those who go are told as well. The creator stays. */
export function removeMembers(ctx: ServerContext, group: Group, by: Account, wanted: Account[]): Outcome[] {
  requireAdmin(group, by);
  const before = [...group.participants.keys()];
  const outcomes = wanted.map((account): Outcome => {
    if (!group.participants.has(account)) return [account, 404];
    if (account === group.creator) return [account, 406];
    group.participants.delete(account);
    return [account, undefined];
  });
  const removed = done(outcomes);
  if (removed.length > 0) notify(ctx, group, by, before, change('remove', removed));
  return outcomes;
}

/** A member goes by itself, which others see as a removal by the one who is gone. */
export function leaveGroup(ctx: ServerContext, group: Group, account: Account): void {
  const before = [...group.participants.keys()];
  if (!group.participants.delete(account)) throw new StanzaError(404, 'item-not-found');
  notify(ctx, group, account, before, change('remove', [account]));
}

/** An admin makes others admins, or members again. */
export function setRole(
  ctx: ServerContext,
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
  const changed = done(outcomes);
  const tag = role === 'admin' ? 'promote' : 'demote';
  if (changed.length > 0) notify(ctx, group, by, group.participants.keys(), change(tag, changed));
  return outcomes;
}

/** Any member may change the subject, as in a new group of WhatsApp. */
export function setSubject(ctx: ServerContext, group: Group, by: Account, subject: string): void {
  group.subject = checkedSubject(subject);
  group.subjectBy = by;
  group.subjectAt = ctx.clock();
  const attrs = {
    subject: group.subject,
    s_o: accountJid(by, 'lid'),
    s_o_pn: accountJid(by, 'pn'),
    s_t: String(ctx.seconds()),
  };
  notify(ctx, group, by, group.participants.keys(), stanza('subject', attrs));
}

function checkedSubject(subject: string): string {
  if (subject === '' || subject.length > MAX_SUBJECT) throw new StanzaError(406, 'not-acceptable');
  return subject;
}

function requireAdmin(group: Group, account: Account): void {
  if (!isAdmin(group, account)) throw new StanzaError(403, 'forbidden');
}

function done(outcomes: Outcome[]): Account[] {
  return outcomes.filter(([, error]) => error === undefined).map(([account]) => account);
}

function change(tag: string, accounts: Account[]): Stanza {
  return stanza(
    tag,
    {},
    accounts.map((account) => participantNode(account)),
  );
}

/** Tells companions; the phones of this process read the group itself. */
function notify(ctx: ServerContext, group: Group, by: Account, to: Iterable<Account>, what: Stanza): void {
  const attrs = {
    participant: accountJid(by, 'lid'),
    participant_pn: accountJid(by, 'pn'),
    addressing_mode: 'lid',
    notify: by.name,
  };
  for (const account of to) {
    for (const device of account.devices.values()) {
      if (device.id !== 0) ctx.delivery.notify(device, 'w:gp2', group.jid, [what], attrs);
    }
  }
}
