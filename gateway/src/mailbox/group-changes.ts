import type { GroupChange, GroupMetadata, Participant } from '../whatsapp/group.ts';
import { isSelf } from '../whatsapp/inbound/origin.ts';
import type { Person } from '../whatsapp/jid.ts';

/** What happened, by whom and when. */
export interface Happening {
  actor: Person | null;
  /** Unix milliseconds. */
  at: number;
}

/** A group after a change; unchanged by what is not part of its metadata. */
export function changed(group: GroupMetadata, change: GroupChange, { actor, at }: Happening): GroupMetadata {
  switch (change.type) {
    case 'create':
      return change.group;
    case 'joined':
      return change.group ?? withMembers(group, [...without(group, change.people), ...change.people]);
    case 'left':
      return withMembers(group, without(group, change.people));
    case 'promoted':
      return withRole(group, change.people, 'admin');
    case 'demoted':
      return withRole(group, change.people, 'member');
    case 'changed_number':
      return renumbered(group, actor, change.people);
    case 'name':
      return { ...group, subject: change.subject, subjectBy: actor, subjectAt: at };
    case 'topic': {
      const { description } = change;
      return { ...group, description: description && { ...description, by: description.by ?? actor, at } };
    }
    case 'announce':
    case 'locked':
    case 'suspended':
      return { ...group, [change.type]: change.on };
    case 'member_add_mode':
      return { ...group, memberAdd: change.on };
    case 'membership_approval':
      return { ...group, approval: change.on };
    case 'ephemeral':
      return { ...group, ephemeral: change.seconds };
    case 'link':
      return { ...group, parent: change.community };
    case 'unlink':
      return { ...group, parent: null };
    case 'delete':
    case 'picture':
    case 'membership_request':
    case 'invite_link':
      return group;
  }
}

/** Whether the account itself is no longer in the group after this. */
export function endsMembership(change: GroupChange, self: Person): boolean {
  return (
    change.type === 'delete' ||
    (change.type === 'left' && change.people.some((person) => isSelf(person, self)))
  );
}

function withMembers(group: GroupMetadata, participants: Participant[]): GroupMetadata {
  return { ...group, participants, size: participants.length };
}

function without({ participants }: GroupMetadata, people: Person[]): Participant[] {
  return participants.filter((member) => !people.some((person) => isSelf(member, person)));
}

function withRole(group: GroupMetadata, people: Person[], role: Participant['role']): GroupMetadata {
  const participants = group.participants.map((member) =>
    people.some((person) => isSelf(member, person)) ? { ...member, role } : member,
  );
  return { ...group, participants };
}

/** The actor is the member under the old number; the role goes over to the new one. */
function renumbered(group: GroupMetadata, actor: Person | null, people: Participant[]): GroupMetadata {
  const old = actor && group.participants.find((member) => isSelf(member, actor));
  const role = old?.role ?? 'member';
  const rest = without(group, actor ? [actor, ...people] : people);
  return withMembers(group, [...rest, ...people.map((person) => ({ ...person, role }))]);
}
