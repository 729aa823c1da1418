import { stanza } from '../../wire/stanza.ts';
import type { ServerWith } from '../context.ts';
import type { Account } from '../model/account.ts';
import type { Group, GroupRules } from '../model/groups.ts';
import { StanzaError } from '../stanza-error.ts';
import { checkedSubject, requireAdmin } from './changes.ts';
import { approvalNode, both, descriptionNode, memberAddMode, notifyMembers } from './stanzas.ts';

type Needs = ServerWith<'clock' | 'delivery' | 'seconds'>;

const MAX_DESCRIPTION = 2_048;
/** A day, a week, 90 days. */
const TIMERS = [0, 86_400, 604_800, 7_776_000];

/** Everybody may change the subject, unless the group is locked. */
export function setSubject(ctx: Needs, group: Group, by: Account, subject: string): void {
  requireEditor(group, by);
  group.subject = checkedSubject(subject);
  group.subjectBy = by;
  group.subjectAt = ctx.clock();
  const attrs = {
    subject: group.subject,
    ...both('s_o', by, group.addressing),
    s_t: String(ctx.seconds()),
  };
  notifyMembers(ctx, group, by, group.participants.keys(), stanza('subject', attrs));
}

/** `previous` names the description that the author has seen: an author cannot overwrite one that he does not know. */
export function setDescription(
  ctx: Needs,
  group: Group,
  by: Account,
  change: { id: string | undefined; text: string; previous: string | undefined },
): void {
  requireEditor(group, by);
  if (change.previous !== group.description?.id) throw new StanzaError(409, 'conflict');
  if ([...change.text].length > MAX_DESCRIPTION) throw new StanzaError(406, 'not-acceptable');
  if (change.text !== '' && !change.id) throw new StanzaError(400, 'bad-request');
  const { id = '', text } = change;
  group.description = text === '' ? undefined : { id, text, by, at: ctx.clock() };
  const node = group.description
    ? descriptionNode(group.description, group.addressing)
    : stanza('description', { id: change.previous }, [stanza('delete')]);
  notifyMembers(ctx, group, by, group.participants.keys(), node);
}

/** Admins decide on the rules; each has a tag of its own. */
export function setRule(ctx: Needs, group: Group, by: Account, rule: keyof GroupRules, on: boolean): void {
  requireAdmin(group, by);
  group.rules[rule] = on;
  const node = {
    announce: () => stanza(on ? 'announcement' : 'not_announcement', { v_id: String(ctx.clock()) }),
    locked: () => stanza(on ? 'locked' : 'unlocked'),
    memberAdd: () => stanza('member_add_mode', {}, Buffer.from(memberAddMode(on))),
    approval: () => approvalNode(group, on),
  }[rule]();
  notifyMembers(ctx, group, by, group.participants.keys(), node);
}

export function setEphemeral(ctx: Needs, group: Group, by: Account, seconds: number): void {
  requireEditor(group, by);
  if (!TIMERS.includes(seconds)) throw new StanzaError(406, 'not-acceptable');
  group.ephemeral = seconds;
  const node = seconds > 0 ? stanza('ephemeral', { expiration: String(seconds) }) : stanza('not_ephemeral');
  notifyMembers(ctx, group, by, group.participants.keys(), node);
}

/** WhatsApp itself closes a group, or opens it again; its creator stands in as the one who did it. */
export function setSuspended(ctx: Needs, group: Group, on: boolean): void {
  group.suspended = on;
  const node = stanza(on ? 'suspended' : 'unsuspended');
  notifyMembers(ctx, group, group.creator, group.participants.keys(), node);
}

export function requireEditor(group: Group, by: Account): void {
  if (group.rules.locked) requireAdmin(group, by);
}
