import { stanza } from '../../wire/stanza.ts';
import type { ServerWith } from '../context.ts';
import type { Account } from '../model/account.ts';
import { type Group, type GroupOptions, isAdmin } from '../model/groups.ts';
import { StanzaError } from '../stanza-error.ts';
import { createGroup, depart, enter, type Outcome, removeMembers, requireAdmin } from './changes.ts';
import { groupId, notifyMembers } from './stanzas.ts';

type Needs = ServerWith<'clock' | 'delivery' | 'groups'>;

/** Groups in a community besides its Announcements group. */
const MAX_SUBGROUPS = 50;

/** Makes a community, and the Announcements group in which its admins write to all of its members. */
export function createCommunity(
  ctx: Needs,
  creator: Account,
  subject: string,
  options: GroupOptions & { announcementsJid?: string | undefined } = {},
): Group {
  const { announcementsJid, ...parent } = options;
  const { group: community } = createGroup(ctx, creator, subject, [], { ...parent, kind: 'community' });
  createGroup(ctx, creator, 'Announcements', [], {
    jid: announcementsJid,
    kind: 'announcements',
    addressing: community.addressing,
    announce: true,
    parent: community,
  });
  return community;
}

/** An admin of both links a group; its members become members of the community. The code says why not. */
export function linkGroup(
  ctx: Needs,
  community: Group,
  by: Account,
  group: Group | undefined,
): number | undefined {
  requireCommunity(community, by);
  if (!group) return 404;
  if (!isAdmin(group, by)) return 401;
  if (group.kind !== 'group' || group.parent) return 409;
  const subgroups = ctx.groups.under(community).filter(({ kind }) => kind === 'group');
  if (subgroups.length >= MAX_SUBGROUPS) return 419;
  group.parent = community;
  notifyOfLink(ctx, community, by, group, 'link');
  const announcements = ctx.groups.under(community)[0];
  for (const shared of [community, announcements]) {
    if (shared) enter(ctx, shared, by, [...group.participants.keys()], 'linked_group_join');
  }
  return undefined;
}

/** The group lives on by itself; the Announcements group cannot. */
export function unlinkGroup(
  ctx: Needs,
  community: Group,
  by: Account,
  group: Group | undefined,
): number | undefined {
  requireCommunity(community, by);
  if (!group || group.parent !== community) return 404;
  if (group.kind !== 'group') return 406;
  group.parent = undefined;
  notifyOfLink(ctx, community, by, group, 'unlink');
  return undefined;
}

/** Throws people out of the community and of everything linked to it. */
export function removeFromCommunity(ctx: Needs, community: Group, by: Account, wanted: Account[]): Outcome[] {
  const outcomes = removeMembers(ctx, community, by, wanted);
  const gone = outcomes.flatMap(([account, error]) => (error === undefined ? account : []));
  for (const account of gone) community.barred.add(account);
  for (const group of ctx.groups.under(community)) depart(ctx, group, by, gone);
  return outcomes;
}

/** Leaves the community with all its groups. Its owner hands it over or closes it first. */
export function leaveCommunity(ctx: Needs, community: Group, account: Account): void {
  if (community.kind !== 'community') throw new StanzaError(400, 'bad-request');
  if (!community.participants.has(account)) throw new StanzaError(404, 'item-not-found');
  if (community.creator === account) throw new StanzaError(403, 'forbidden');
  for (const group of [...ctx.groups.under(community), community]) depart(ctx, group, account, [account]);
}

/** Ends the community: its groups live on by themselves, parent and Announcements group are gone. */
export function deactivateCommunity(ctx: Needs, community: Group, by: Account): void {
  requireCommunity(community, by);
  if (community.creator !== by) throw new StanzaError(403, 'forbidden');
  const [announcements, ...subgroups] = ctx.groups.under(community);
  for (const group of subgroups) {
    group.parent = undefined;
    notifyOfLink(ctx, community, by, group, 'unlink');
  }
  for (const group of [announcements, community]) if (group) deleteGroup(ctx, group, by);
}

/** The group is gone for everybody. */
export function deleteGroup(ctx: Needs, group: Group, by: Account): void {
  ctx.groups.remove(group);
  notifyMembers(ctx, group, by, group.participants.keys(), stanza('delete', { reason: 'deactivated' }));
}

function requireCommunity(community: Group, by: Account): void {
  if (community.kind !== 'community') throw new StanzaError(400, 'bad-request');
  requireAdmin(community, by);
}

/** Notifies the group's members of their parent, and the community's members of the group. */
export function notifyOfLink(
  ctx: Needs,
  community: Group,
  by: Account,
  group: Group,
  tag: 'link' | 'unlink',
): void {
  const linkNotice = (kind: string, other: Group) => {
    const named = stanza('group', { id: groupId(other), jid: other.jid, subject: other.subject });
    return stanza(tag, { [`${tag}_type`]: kind }, [named]);
  };
  const { participants } = group;
  notifyMembers(ctx, group, by, participants.keys(), linkNotice('parent_group', community));
  notifyMembers(ctx, community, by, community.participants.keys(), linkNotice('sub_group', group));
}
