import type { Phones } from '../phones/directory.ts';
import { makeMessageId } from '../phones/sending/submit.ts';
import type { ServerContext } from '../server/context.ts';
import { addMembers, leaveGroup, type Outcome, removeMembers, setRole } from '../server/groups/changes.ts';
import {
  deactivateCommunity,
  leaveCommunity,
  linkGroup,
  removeFromCommunity,
  unlinkGroup,
} from '../server/groups/communities.ts';
import { cancelRequest, decideRequests, joinByCode, resetInvite } from '../server/groups/invites.ts';
import { setGroupPicture } from '../server/groups/picture.ts';
import {
  setDescription,
  setEphemeral,
  setRule,
  setSubject,
  setSuspended,
} from '../server/groups/settings.ts';
import type { Account } from '../server/model/account.ts';
import { type Group, MAX_PARTICIPANTS } from '../server/model/groups.ts';
import { StanzaError } from '../server/stanza-error.ts';
import { integer, optionalFlag, optionalText, optionalTexts, text } from './fields.ts';
import { ControlError } from './http.ts';
import { phoneOf } from './phones.ts';

type Body = Record<string, unknown>;

interface Acting {
  ctx: ServerContext;
  phones: Phones;
  group: Group;
  by: Account;
  body: Body;
}

const RULES = ['announce', 'locked', 'memberAdd', 'approval'] as const;

/** What a phone does in a group; each is refused as a companion's query for it would be. */
const ACTIONS: Record<string, (acting: Acting) => unknown> = {
  add: ({ ctx, group, by, ...rest }) => mustBeDone(addMembers(ctx, group, by, people(rest))),
  remove: ({ ctx, group, by, ...rest }) =>
    mustBeDone(
      (group.kind === 'community' ? removeFromCommunity : removeMembers)(ctx, group, by, people(rest)),
    ),
  promote: ({ ctx, group, by, ...rest }) => mustBeDone(setRole(ctx, group, by, people(rest), 'admin')),
  demote: ({ ctx, group, by, ...rest }) => mustBeDone(setRole(ctx, group, by, people(rest), 'member')),
  approve: ({ ctx, group, by, ...rest }) =>
    mustBeDone(decideRequests(ctx, group, by, people(rest), 'approve')),
  reject: ({ ctx, group, by, ...rest }) => mustBeDone(decideRequests(ctx, group, by, people(rest), 'reject')),
  subject: ({ ctx, group, by, body }) => setSubject(ctx, group, by, text(body, 'subject', 1_000)),
  description: ({ ctx, group, by, body }) => {
    const change = { text: optionalText(body, 'description', 10_000) ?? '', previous: group.description?.id };
    setDescription(ctx, group, by, { id: makeMessageId(), ...change });
  },
  picture: ({ ctx, group, by, body }) => {
    const jpeg = optionalText(body, 'jpeg', 1_000_000);
    setGroupPicture(ctx, group, by, jpeg === undefined ? undefined : Buffer.from(jpeg, 'base64'));
  },
  rules: ({ ctx, group, by, body }) => {
    for (const rule of RULES) {
      const on = optionalFlag(body, rule);
      if (on !== undefined) setRule(ctx, group, by, rule, on);
    }
  },
  ephemeral: ({ ctx, group, by, body }) =>
    setEphemeral(ctx, group, by, integer(body, 'seconds', 0, 100_000_000)),
  suspend: ({ ctx, group, body }) => setSuspended(ctx, group, optionalFlag(body, 'on') ?? true),
  'reset-invite': ({ ctx, group, by }) => resetInvite(ctx, group, by),
  join: ({ ctx, group, by, body }) =>
    joinByCode(ctx, by, optionalText(body, 'code', 100) ?? group.inviteCode),
  cancel: ({ ctx, group, by }) => cancelRequest(ctx, group, by),
  leave: ({ ctx, group, by }) =>
    group.kind === 'community' ? leaveCommunity(ctx, group, by) : leaveGroup(ctx, group, by),
  link: (acting) => onSubgroup(acting, linkGroup),
  unlink: (acting) => onSubgroup(acting, unlinkGroup),
  deactivate: ({ ctx, group, by }) => deactivateCommunity(ctx, group, by),
};

/** `{action, by?, …}`: `by` is the number of the phone that does it; its owner when absent. */
export function groupAction(ctx: ServerContext, phones: Phones, group: Group, body: Body): void {
  const wanted = text(body, 'action', 40);
  const action = Object.hasOwn(ACTIONS, wanted) ? ACTIONS[wanted] : undefined;
  if (!action) throw new ControlError(400, `there is no action ${wanted}`);
  const number = optionalText(body, 'by', 40);
  const by = number === undefined ? group.creator : phoneOf(phones, number).account;
  try {
    action({ ctx, phones, group, by, body });
  } catch (error) {
    if (!(error instanceof StanzaError)) throw error;
    throw new ControlError(409, `WhatsApp refuses it with ${error.code} (${error.message})`);
  }
}

export function accounts(
  phones: Phones,
  body: Body,
  name: string,
  max = MAX_PARTICIPANTS,
): Account[] | undefined {
  return optionalTexts(body, name, max)?.map((number) => phoneOf(phones, number).account);
}

export function mustBeDone(outcomes: Outcome[]): void {
  for (const [account, error] of outcomes) {
    if (error !== undefined) throw new ControlError(409, `${account.number} was refused with ${error}`);
  }
}

function people({ phones, body }: Pick<Acting, 'phones' | 'body'>): Account[] {
  const named = accounts(phones, body, 'numbers');
  if (!named) throw new ControlError(400, 'numbers is missing');
  return named;
}

function onSubgroup({ ctx, group, by, body }: Acting, change: typeof linkGroup): void {
  const jid = text(body, 'group', 60);
  const error = change(ctx, group, by, ctx.groups.get(jid));
  if (error !== undefined) throw new ControlError(409, `${jid} was refused with ${error}`);
}
