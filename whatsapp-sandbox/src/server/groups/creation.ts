import { child, children, type Stanza, textOf } from '../../wire/stanza.ts';
import type { ServerWith } from '../context.ts';
import type { Account } from '../model/account.ts';
import type { Group } from '../model/groups.ts';
import { StanzaError } from '../stanza-error.ts';
import { named, outcomeNodes } from './answers.ts';
import { createGroup, enter, requireAdmin } from './changes.ts';
import { createCommunity, notifyOfLink } from './communities.ts';
import { groupNode } from './stanzas.ts';

type Needs = ServerWith<'clock' | 'delivery' | 'directory' | 'groups'>;

/** `<create>`: a group, one of a community, or a community. Those who could not be added are in the answer. */
export function answerCreate(ctx: Needs, account: Account, request: Stanza): Stanza {
  const subject = request.attrs.subject ?? '';
  const parent = child(request, 'parent');
  if (parent) {
    const approval = parent.attrs.default_membership_approval_mode === 'request_required';
    const community = createCommunity(ctx, account, subject, { approval });
    describe(community, account, request, ctx.clock());
    return groupNode(community);
  }
  const asked = named(ctx, request);
  const wanted = asked.flatMap(([, member]) => member ?? []);
  const community = communityOf(ctx, account, child(request, 'linked_parent'));
  const { group, outcomes } = createGroup(ctx, account, subject, wanted, { parent: community });
  if (community) join(ctx, community, account, group);
  describe(group, account, request, ctx.clock());
  const node = groupNode(group);
  const refused = outcomes.filter(([, error]) => error !== undefined);
  return { ...node, content: [...children(node), ...outcomeNodes(group, refused, asked)] };
}

function communityOf(ctx: Needs, account: Account, named: Stanza | undefined): Group | undefined {
  if (!named) return undefined;
  const community = ctx.groups.get(named.attrs.jid);
  if (!community) throw new StanzaError(404, 'item-not-found');
  if (community.kind !== 'community') throw new StanzaError(400, 'bad-request');
  requireAdmin(community, account);
  return community;
}

/** The members of a group that is born in a community are members of that, too. */
function join(ctx: Needs, community: Group, by: Account, group: Group): void {
  notifyOfLink(ctx, community, by, group, 'link');
  const announcements = ctx.groups.under(community)[0];
  for (const shared of [community, announcements]) {
    if (shared) enter(ctx, shared, by, [...group.participants.keys()], 'linked_group_join');
  }
}

function describe(group: Group, by: Account, request: Stanza, at: number): void {
  const description = child(request, 'description');
  const text = textOf(child(description, 'body')) ?? '';
  if (description && text !== '') group.description = { id: description.attrs.id ?? '', text, by, at };
}
