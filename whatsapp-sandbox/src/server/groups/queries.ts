import { GROUPS_JID, withAt } from '../../wire/jid.ts';
import { child, children, type Stanza, stanza, textOf } from '../../wire/stanza.ts';
import { seconds } from '../../wire/time.ts';
import type { ServerWith } from '../context.ts';
import { type Account, accountJid, type Device } from '../model/account.ts';
import type { Group, GroupRules } from '../model/groups.ts';
import { StanzaError } from '../stanza-error.ts';
import { named, outcomeNodes } from './answers.ts';
import { addMembers, leaveGroup, type Outcome, removeMembers, requireAdmin, setRole } from './changes.ts';
import {
  deactivateCommunity,
  leaveCommunity,
  linkGroup,
  removeFromCommunity,
  unlinkGroup,
} from './communities.ts';
import { answerCreate } from './creation.ts';
import { decideRequests, inviteCode, invitedTo, joinByCode, resetInvite } from './invites.ts';
import { setDescription, setEphemeral, setRule, setSubject } from './settings.ts';
import { groupId, groupNode, participantNode, previewNode } from './stanzas.ts';

type Needs = ServerWith<'clock' | 'delivery' | 'directory' | 'groups' | 'seconds'>;

interface Asked {
  ctx: Needs;
  by: Account;
  group: Group;
  request: Stanza;
}

type Handler = (asked: Asked) => Stanza[];

/** What members ask about a group. */
const READS = new Map<string, Handler>(
  Object.entries({
    query: ({ group }) => [groupNode(group)],
    invite: ({ group, by }) => [stanza('invite', { code: inviteCode(group, by) })],
    membership_approval_requests: pendingRequests,
    sub_groups: ({ ctx, group }) => [stanza('sub_groups', {}, ctx.groups.under(group).map(subgroupNode))],
    linked_groups_participants: linkedParticipants,
  } satisfies Record<string, Handler>),
);

/** What members change in a group. */
const CHANGES = new Map<string, Handler>(
  Object.entries({
    add: people(addMembers),
    remove: people((ctx, group, by, accounts, request) =>
      request.attrs.linked_groups === 'true'
        ? removeFromCommunity(ctx, group, by, accounts)
        : removeMembers(ctx, group, by, accounts),
    ),
    promote: people((ctx, group, by, accounts) => setRole(ctx, group, by, accounts, 'admin')),
    demote: people((ctx, group, by, accounts) => setRole(ctx, group, by, accounts, 'member')),
    subject: done(({ ctx, group, by, request }) => setSubject(ctx, group, by, textOf(request) ?? '')),
    description: done(({ ctx, group, by, request }) => {
      const { id, prev, delete: removed } = request.attrs;
      const text = removed === 'true' ? '' : (textOf(child(request, 'body')) ?? '');
      setDescription(ctx, group, by, { id, text, previous: prev });
    }),
    announcement: rule('announce', true),
    not_announcement: rule('announce', false),
    locked: rule('locked', true),
    unlocked: rule('locked', false),
    member_add_mode: done(({ ctx, group, by, request }) =>
      setRule(ctx, group, by, 'memberAdd', choice(textOf(request), 'all_member_add', 'admin_add')),
    ),
    membership_approval_mode: done(({ ctx, group, by, request }) => {
      const { state } =
        child(request, group.kind === 'community' ? 'community_join' : 'group_join')?.attrs ?? {};
      setRule(ctx, group, by, 'approval', choice(state, 'on', 'off'));
    }),
    ephemeral: done(({ ctx, group, by, request }) =>
      setEphemeral(ctx, group, by, Number(request.attrs.expiration)),
    ),
    not_ephemeral: done(({ ctx, group, by }) => setEphemeral(ctx, group, by, 0)),
    invite: ({ ctx, group, by }) => [stanza('invite', { code: resetInvite(ctx, group, by) })],
    membership_requests_action: decide,
    links: ({ ctx, group, by, request }) => {
      const link = child(request, 'link');
      if (link?.attrs.link_type !== 'sub_group') throw new StanzaError(400, 'bad-request');
      const answered = stanza(
        'link',
        link.attrs,
        linked(ctx, link, (other) => linkGroup(ctx, group, by, other)),
      );
      return [stanza('links', {}, [answered])];
    },
    unlink: ({ ctx, group, by, request }) => {
      if (request.attrs.unlink_type !== 'sub_group') throw new StanzaError(400, 'bad-request');
      const answered = linked(ctx, request, (other) => unlinkGroup(ctx, group, by, other));
      return [stanza('unlink', request.attrs, answered)];
    },
    delete_parent: done(({ ctx, group, by }) => deactivateCommunity(ctx, group, by)),
  } satisfies Record<string, Handler>),
);

/** `xmlns="w:g2"`: everything about groups and communities. */
export function answerGroups(ctx: Needs, device: Device, iq: Stanza): Stanza[] {
  const [request] = children(iq);
  if (!request) throw new StanzaError(400, 'bad-request');
  if (withAt(iq.attrs.to) === GROUPS_JID) return answerAll(ctx, device.account, iq, request);
  const group = ctx.groups.get(iq.attrs.to);
  if (!group) throw new StanzaError(404, 'item-not-found');
  if (!group.participants.has(device.account)) throw new StanzaError(403, 'forbidden');
  const handler = (iq.attrs.type === 'get' ? READS : CHANGES).get(request.tag);
  if (!handler) throw new StanzaError(501, 'feature-not-implemented');
  return handler({ ctx, by: device.account, group, request });
}

/** What is not about one group that the account is in. */
function answerAll(ctx: Needs, account: Account, iq: Stanza, request: Stanza): Stanza[] {
  const { code } = request.attrs;
  switch (`${iq.attrs.type} ${request.tag}`) {
    case 'get participating':
      return [stanza('groups', {}, ctx.groups.of(account).map(groupNode))];
    case 'get invite':
      return [previewNode(invitedTo(ctx, code ?? ''))];
    case 'set invite': {
      const { group, outcome } = joinByCode(ctx, account, code ?? '');
      return [stanza(outcome === 'joined' ? 'group' : 'membership_approval_request', { jid: group.jid })];
    }
    case 'set create':
      return [answerCreate(ctx, account, request)];
    case 'set leave':
      return [
        stanza(
          'leave',
          {},
          children(request).map((each) => left(ctx, account, each)),
        ),
      ];
    default:
      throw new StanzaError(501, 'feature-not-implemented');
  }
}

function left(ctx: Needs, account: Account, { tag, attrs }: Stanza): Stanza {
  const group = ctx.groups.get(attrs.id);
  if (!group) throw new StanzaError(404, 'item-not-found');
  if (tag === 'community') leaveCommunity(ctx, group, account);
  else leaveGroup(ctx, group, account);
  return stanza(tag, { id: attrs.id });
}

type PeopleChange = (
  ctx: Needs,
  group: Group,
  by: Account,
  accounts: Account[],
  request: Stanza,
) => Outcome[];

function people(change: PeopleChange): Handler {
  return ({ ctx, group, by, request }) => {
    const asked = named(ctx, request);
    const accounts = asked.flatMap(([, account]) => account ?? []);
    const outcomes = change(ctx, group, by, accounts, request);
    return [stanza(request.tag, {}, outcomeNodes(group, outcomes, asked))];
  };
}

function done(change: (asked: Asked) => void): Handler {
  return (asked) => {
    change(asked);
    return [];
  };
}

function rule(name: keyof GroupRules, on: boolean): Handler {
  return done(({ ctx, group, by }) => setRule(ctx, group, by, name, on));
}

function choice(word: string | undefined, yes: string, no: string): boolean {
  if (word !== yes && word !== no) throw new StanzaError(400, 'bad-request');
  return word === yes;
}

function linked(
  ctx: Needs,
  request: Stanza,
  change: (group: Group | undefined) => number | undefined,
): Stanza[] {
  return children(request, 'group').map(({ attrs }) => {
    const error = change(ctx.groups.get(attrs.jid));
    return stanza('group', { jid: attrs.jid, error: error === undefined ? undefined : String(error) });
  });
}

function pendingRequests({ group, by }: Asked): Stanza[] {
  requireAdmin(group, by);
  const requests = [...group.requests].map(([account, { at, method }]) => {
    const { attrs } = participantNode(account, group.addressing);
    return stanza('membership_approval_request', {
      ...attrs,
      request_time: seconds(at),
      request_method: method,
    });
  });
  return [stanza('membership_approval_requests', {}, requests)];
}

function decide({ ctx, group, by, request }: Asked): Stanza[] {
  const answers = children(request).map((each) => {
    const { tag } = each;
    if (tag !== 'approve' && tag !== 'reject') throw new StanzaError(400, 'bad-request');
    const asked = named(ctx, each);
    const outcomes = decideRequests(
      ctx,
      group,
      by,
      asked.flatMap(([, account]) => account ?? []),
      tag,
    );
    return stanza(tag, {}, outcomeNodes(group, outcomes, asked));
  });
  return [stanza(request.tag, {}, answers)];
}

function subgroupNode(group: Group): Stanza {
  const attrs = {
    id: groupId(group),
    subject: group.subject,
    s_t: seconds(group.subjectAt),
    creation: seconds(group.createdAt),
    creator: accountJid(group.creator, group.addressing),
    size: String(group.participants.size),
  };
  return stanza('group', attrs, group.kind === 'announcements' ? [stanza('default_sub_group')] : undefined);
}

function linkedParticipants({ ctx, group }: Asked): Stanza[] {
  const everybody = new Set(ctx.groups.under(group).flatMap(({ participants }) => [...participants.keys()]));
  const nodes = [...everybody].map((account) => participantNode(account, group.addressing));
  return [stanza('linked_groups_participants', {}, nodes)];
}
