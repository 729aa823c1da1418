import { stanza } from '../../wire/stanza.ts';
import type { ServerWith } from '../context.ts';
import type { Account } from '../model/account.ts';
import { type Group, isAdmin, MAX_PARTICIPANTS, makeInviteCode } from '../model/groups.ts';
import { StanzaError } from '../stanza-error.ts';
import { enter, members, type Outcome, requireAdmin } from './changes.ts';
import { notifyMembers, participantNode } from './stanzas.ts';

type Needs = ServerWith<'clock' | 'delivery' | 'groups'>;

/** The group of a code: 406 when no group ever had it, 410 when it was reset. */
export function invitedTo(ctx: Needs, code: string): Group {
  const group = ctx.groups.invited(code);
  if (!group) throw new StanzaError(406, 'not-acceptable');
  if (group.inviteCode !== code) throw new StanzaError(410, 'gone');
  return group;
}

/** Admins share the link. */
export function inviteCode(group: Group, by: Account): string {
  if (!isAdmin(group, by)) throw new StanzaError(401, 'not-authorized');
  return group.inviteCode;
}

export function resetInvite(ctx: Needs, group: Group, by: Account): string {
  inviteCode(group, by);
  group.revokedCodes.add(group.inviteCode);
  group.inviteCode = makeInviteCode();
  const node = stanza('invite', { code: group.inviteCode });
  notifyMembers(ctx, group, by, group.participants.keys(), node);
  return group.inviteCode;
}

/** Joins by a code, or asks the admins when they approve who comes in. */
export function joinByCode(
  ctx: Needs,
  account: Account,
  code: string,
): { group: Group; outcome: 'joined' | 'requested' } {
  const group = invitedTo(ctx, code);
  if (group.participants.has(account)) throw new StanzaError(409, 'conflict');
  if (group.barred.has(account)) throw new StanzaError(401, 'not-authorized');
  if (group.participants.size >= MAX_PARTICIPANTS) throw new StanzaError(419, 'resource-limit');
  if (!group.rules.approval) {
    enter(ctx, group, account, [account], 'invite');
    return { group, outcome: 'joined' };
  }
  if (!group.requests.has(account)) {
    const method = 'invite_link';
    group.requests.set(account, { at: ctx.clock(), method });
    const { attrs } = participantNode(account, group.addressing);
    const node = stanza('created_membership_requests', { request_method: method }, [
      stanza('requested_user', attrs),
    ]);
    notifyMembers(ctx, group, account, admins(group), node);
  }
  return { group, outcome: 'requested' };
}

/** Takes the own request back. */
export function cancelRequest(ctx: Needs, group: Group, account: Account): void {
  if (!group.requests.delete(account)) throw new StanzaError(404, 'item-not-found');
  notifyMembers(ctx, group, account, admins(group), members('revoked_membership_requests', group, [account]));
}

/** An admin lets people in who asked for it, or does not. */
export function decideRequests(
  ctx: Needs,
  group: Group,
  by: Account,
  wanted: Account[],
  decision: 'approve' | 'reject',
): Outcome[] {
  requireAdmin(group, by);
  const outcomes = wanted.map((account): Outcome => {
    if (!group.requests.has(account)) return [account, 404];
    if (decision === 'approve' && group.participants.size >= MAX_PARTICIPANTS) return [account, 419];
    return [account, undefined];
  });
  const decided = outcomes.flatMap(([account, error]) => (error === undefined ? account : []));
  for (const account of decided) group.requests.delete(account);
  if (decision === 'approve') enter(ctx, group, by, decided);
  else if (decided.length > 0) {
    notifyMembers(ctx, group, by, admins(group), members('revoked_membership_requests', group, decided));
  }
  return outcomes;
}

function admins(group: Group): Account[] {
  return [...group.participants.keys()].filter((account) => isAdmin(group, account));
}
