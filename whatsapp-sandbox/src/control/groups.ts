import type { Phones } from '../phones/directory.ts';
import type { ServerContext } from '../server/context.ts';
import { type Account, accountJid } from '../server/directory.ts';
import { addMembers, createGroup, type Outcome, removeMembers } from '../server/group-changes.ts';
import { type Group, MAX_PARTICIPANTS, MAX_SUBJECT } from '../server/groups.ts';
import { optionalTexts, text } from './fields.ts';
import { ControlError, type Route } from './http.ts';
import { phoneOf } from './phones.ts';

type Body = Record<string, unknown>;

/** Groups: made by a phone, which stays their owner and changes who is in them. */
export function groupRoutes(ctx: ServerContext, phones: Phones): Route[] {
  return [
    {
      method: 'POST',
      path: '/control/groups',
      handle: ({ body }) => {
        const owner = phoneOf(phones, text(body, 'owner', 40)).account;
        const members = accounts(phones, body, 'participants', MAX_PARTICIPANTS - 1) ?? [];
        return describe(createGroup(ctx, owner, text(body, 'subject', MAX_SUBJECT), members));
      },
    },
    {
      method: 'GET',
      path: '/control/groups',
      handle: () => ({ groups: [...ctx.groups.all()].map(describe) }),
    },
    {
      method: 'POST',
      path: '/control/groups/:jid/participants',
      handle: ({ params, body }) => {
        const group = ctx.groups.get(params.jid);
        if (!group) throw new ControlError(404, `there is no group ${params.jid}`);
        const added = accounts(phones, body, 'add');
        const removed = accounts(phones, body, 'remove');
        if (!added && !removed) throw new ControlError(400, 'say whom to add or to remove');
        if (!group.participants.has(group.creator))
          throw new ControlError(409, 'the owner has left the group');
        if (added) mustBeDone(addMembers(ctx, group, group.creator, added));
        if (removed) mustBeDone(removeMembers(ctx, group, group.creator, removed));
        return describe(group);
      },
    },
  ];
}

function accounts(phones: Phones, body: Body, name: string, max = MAX_PARTICIPANTS): Account[] | undefined {
  return optionalTexts(body, name, max)?.map((number) => phoneOf(phones, number).account);
}

function mustBeDone(outcomes: Outcome[]): void {
  for (const [account, error] of outcomes) {
    if (error !== undefined) throw new ControlError(409, `${account.number} was refused with ${error}`);
  }
}

function describe(group: Group) {
  return {
    jid: group.jid,
    subject: group.subject,
    owner: group.creator.number,
    participants: [...group.participants].map(([account, role]) => ({
      number: account.number,
      jid: accountJid(account, 'pn'),
      lid: accountJid(account, 'lid'),
      role,
    })),
  };
}
