import type { Phones } from '../phones/directory.ts';
import { makeMessageId } from '../phones/sending/submit.ts';
import type { ServerContext } from '../server/context.ts';
import { addMembers, createGroup, enter, removeMembers } from '../server/groups/changes.ts';
import { createCommunity } from '../server/groups/communities.ts';
import { setDescription } from '../server/groups/settings.ts';
import { type Account, accountJid } from '../server/model/account.ts';
import { type Group, MAX_PARTICIPANTS, MAX_SUBJECT } from '../server/model/groups.ts';
import { optionalChoice, optionalFlag, optionalText, text } from './fields.ts';
import { accounts, groupAction, mustBeDone } from './group-actions.ts';
import { ControlError, type Route } from './http.ts';
import { phoneOf } from './phones.ts';

type Body = Record<string, unknown>;

/** Groups and communities: made by a phone, changed by any phone in them. */
export function groupRoutes(ctx: ServerContext, phones: Phones): Route[] {
  const groupOf = (jid: string | undefined) => {
    const group = ctx.groups.get(jid);
    if (!group) throw new ControlError(404, `there is no group ${jid}`);
    return group;
  };
  return [
    {
      method: 'POST',
      path: '/control/groups',
      handle: ({ body }) => describe(ctx, made(ctx, phones, body)),
    },
    {
      method: 'GET',
      path: '/control/groups',
      handle: () => ({ groups: [...ctx.groups.all()].map((group) => describe(ctx, group)) }),
    },
    {
      method: 'GET',
      path: '/control/groups/:jid',
      handle: ({ params }) => describe(ctx, groupOf(params.jid)),
    },
    {
      method: 'POST',
      path: '/control/groups/:jid/participants',
      handle: ({ params, body }) => {
        const group = groupOf(params.jid);
        const added = accounts(phones, body, 'add');
        const removed = accounts(phones, body, 'remove');
        if (!added && !removed) throw new ControlError(400, 'say whom to add or to remove');
        if (!group.participants.has(group.creator))
          throw new ControlError(409, 'the owner has left the group');
        if (added) mustBeDone(addMembers(ctx, group, group.creator, added));
        if (removed) mustBeDone(removeMembers(ctx, group, group.creator, removed));
        return describe(ctx, group);
      },
    },
    {
      method: 'POST',
      path: '/control/groups/:jid/act',
      handle: ({ params, body }) => {
        const group = groupOf(params.jid);
        groupAction(ctx, phones, group, body);
        return describe(ctx, group);
      },
    },
  ];
}

const GROUP_JID = /^(\d{10,24}|\d{5,15}-\d{5,15})@g\.us$/;

function made(ctx: ServerContext, phones: Phones, body: Body): Group {
  const owner = phoneOf(phones, text(body, 'owner', 40)).account;
  const subject = text(body, 'subject', MAX_SUBJECT);
  const members = accounts(phones, body, 'participants', MAX_PARTICIPANTS - 1) ?? [];
  const options = {
    jid: freeJid(ctx, body, 'jid'),
    addressing: optionalChoice(body, 'addressing', ['pn', 'lid']),
    inviteCode: optionalText(body, 'inviteCode', 64),
    incognito: optionalFlag(body, 'incognito'),
    announce: optionalFlag(body, 'announce') ?? false,
    locked: optionalFlag(body, 'locked') ?? false,
    memberAdd: optionalFlag(body, 'memberAdd') ?? false,
    approval: optionalFlag(body, 'approval') ?? false,
  };
  const group = optionalFlag(body, 'community')
    ? createCommunity(ctx, owner, subject, {
        ...options,
        announcementsJid: freeJid(ctx, body, 'announcementsJid'),
      })
    : createGroup(ctx, owner, subject, members, options).group;
  if (group.kind === 'community') enter(ctx, group, owner, members);
  const description = optionalText(body, 'description', 2_048);
  if (description) {
    setDescription(ctx, group, owner, { id: makeMessageId(), text: description, previous: undefined });
  }
  return group;
}

/** A JID that the caller chose, so that a test can know it before the group is made. */
function freeJid(ctx: ServerContext, body: Body, name: string): string | undefined {
  const jid = optionalText(body, name, 60);
  if (jid === undefined) return undefined;
  if (!GROUP_JID.test(jid)) throw new ControlError(400, `${name} is not a group's JID`);
  if (ctx.groups.get(jid)) throw new ControlError(409, `group ${jid} is there already`);
  return jid;
}

function describe(ctx: ServerContext, group: Group) {
  const { jid, kind, addressing, subject, creator, description, rules, ephemeral, picture, parent } = group;
  return {
    jid,
    kind,
    addressing,
    subject,
    description: description?.text ?? '',
    owner: creator.number,
    participants: [...group.participants].map(([account, role]) => ({ ...person(account), role })),
    ...rules,
    ephemeral,
    picture: picture?.id ?? null,
    inviteCode: group.inviteCode,
    requests: [...group.requests.keys()].map(person),
    parent: parent?.jid ?? null,
    subgroups: ctx.groups.under(group).map((subgroup) => subgroup.jid),
  };
}

function person(account: Account) {
  return {
    number: account.number,
    jid: accountJid(account, 'pn'),
    lid: accountJid(account, 'lid'),
  };
}
