import { createHash } from 'node:crypto';
import { timestamp } from '../../clock.ts';
import { changed, endsMembership } from '../../mailbox/group-changes.ts';
import type { Mailbox } from '../../mailbox/mailbox.ts';
import type { User } from '../../mailbox/views.ts';
import type { GroupChange, GroupMetadata, GroupNotice } from '../../whatsapp/group.ts';
import { inviteLink } from '../../whatsapp/invite.ts';
import type { Person } from '../../whatsapp/jid.ts';

/**
 * Reports `group.flow`, one event for each change, and keeps the group true. A change that was reported before is
 * passed over: the server may repeat it when newer ones have long come. False when a change is about an unknown group:
 * then its metadata have to be asked for.
 */
export async function ingestGroupNotice(mailbox: Mailbox, notice: GroupNotice): Promise<boolean> {
  const names = notice.actorName ? { push: notice.actorName } : {};
  if (notice.actor) await mailbox.meet(notice.actor, 'group', names);
  let known = true;
  for (const [index, change] of notice.changes.entries()) {
    const subject = 'community' in change ? change.group : notice.group;
    if (!(await report(mailbox, { group: subject, change, notice, index }))) continue;
    known = (await keep(mailbox, subject, change, notice)) && known;
  }
  return known;
}

async function keep(
  { groups, scope }: Mailbox,
  jid: string,
  change: GroupChange,
  notice: GroupNotice,
): Promise<boolean> {
  if (endsMembership(change, scope.self)) {
    await groups.leave(jid);
    return true;
  }
  const before = metadataIn(change) ?? (await groups.find(jid));
  if (before) await groups.store(changed(before, change, notice));
  // A community announces subgroups that the account need not be in.
  return before !== null || 'community' in change;
}

/** The whole group, when a change brings it along. */
function metadataIn(change: GroupChange): GroupMetadata | null {
  return 'group' in change && typeof change.group === 'object' ? change.group : null;
}

interface Reported {
  /** The group that it is about. */
  group: string;
  change: GroupChange;
  notice: GroupNotice;
  index: number;
}

/** False when it was reported before. */
async function report(mailbox: Mailbox, { group, change, notice, index }: Reported): Promise<boolean> {
  if (change.type === 'suspended') return true;
  const { actor, at } = notice;
  return mailbox.scope.emit({
    kind: 'group.flow',
    lane: group,
    dedupeKey: onceKey({ group, change, notice, index }),
    data: {
      type: change.type,
      groupJid: group,
      groupName: await nameOf(mailbox, group, change),
      actor: actor && (await mailbox.userOf(actor)),
      participants: await peopleOf(mailbox, change),
      value: reportedValue(change),
      timestamp: timestamp(at),
    },
  });
}

/** The server repeats a stanza until it is acknowledged; a link comes to both groups in two stanzas. */
function onceKey({ group, change, notice, index }: Reported): string {
  const identity =
    'community' in change
      ? [change.type, group, change.community, notice.at]
      : [notice.group, notice.id, notice.at, index];
  return `group:${createHash('sha256').update(JSON.stringify(identity)).digest('base64url')}`;
}

async function nameOf(mailbox: Mailbox, group: string, change: GroupChange): Promise<string> {
  if (change.type === 'name') return change.subject;
  const known = metadataIn(change) ?? (await mailbox.groups.title(group));
  return known?.subject ?? ('community' in change ? change.subject : '');
}

async function peopleOf(mailbox: Mailbox, change: GroupChange): Promise<User[]> {
  if (change.type === 'create') return mailbox.usersOf(change.group.participants);
  if (!('people' in change)) return [];
  for (const person of change.people) if (isPair(person)) await mailbox.meet(person, 'group');
  return mailbox.usersOf(change.people);
}

function isPair({ jid, lid }: Person): boolean {
  return jid !== null && lid !== null;
}

function reportedValue(change: GroupChange): string | boolean | number | null {
  switch (change.type) {
    case 'create':
      return change.group.subject;
    case 'name':
      return change.subject;
    case 'topic':
      return change.description?.text ?? '';
    case 'picture':
    case 'membership_request':
      return change.value;
    case 'ephemeral':
      return change.seconds;
    case 'invite_link':
      return inviteLink(change.code);
    case 'link':
    case 'unlink':
      return change.community;
    default:
      return 'on' in change ? change.on : null;
  }
}
