import type { GroupChange, GroupNotice } from '../group.ts';
import { type Person, personOf } from '../jid.ts';
import { type BinaryNode, getBinaryNodeChild, getBinaryNodeChildren } from '../proto.ts';
import { groupJid, milliseconds, readDescription, readGroup, readParticipants } from './group-node.ts';
import { isSelf, plausibleTime } from './origin.ts';

interface Circumstances {
  group: string;
  actor: Person | null;
  self: Person;
}

type Reader = (node: BinaryNode, circumstances: Circumstances) => GroupChange | null;

/** `<notification type="w:gp2">` and, for pictures, `type="picture"`: what each child says. */
const READERS: Record<string, Reader> = {
  create: (node, { self }) => {
    const child = getBinaryNodeChild(node, 'group');
    const group = child && readGroup(child);
    if (!group) return null;
    if (node.attrs.type === 'new') return { type: 'create', group };
    return { type: 'joined', people: [{ ...self, role: 'member' }], group };
  },
  add: (node) => ({ type: 'joined', people: readParticipants(node) }),
  remove: (node) => ({ type: 'left', people: readParticipants(node) }),
  leave: (node) => ({ type: 'left', people: readParticipants(node) }),
  promote: (node) => ({ type: 'promoted', people: readParticipants(node) }),
  demote: (node) => ({ type: 'demoted', people: readParticipants(node) }),
  modify: (node) => ({ type: 'changed_number', people: readParticipants(node) }),
  delete: () => ({ type: 'delete' }),
  subject: ({ attrs }) => ({ type: 'name', subject: attrs.subject ?? '' }),
  description: (node) => ({ type: 'topic', description: readDescription(node) }),
  announcement: () => ({ type: 'announce', on: true }),
  not_announcement: () => ({ type: 'announce', on: false }),
  locked: () => ({ type: 'locked', on: true }),
  unlocked: () => ({ type: 'locked', on: false }),
  member_add_mode: ({ content }) => ({ type: 'member_add_mode', on: String(content) === 'all_member_add' }),
  membership_approval_mode: (node) => {
    const state = (getBinaryNodeChild(node, 'group_join') ?? getBinaryNodeChild(node, 'community_join'))
      ?.attrs.state;
    return state ? { type: 'membership_approval', on: state === 'on' } : null;
  },
  ephemeral: ({ attrs }) => ({ type: 'ephemeral', seconds: Number(attrs.expiration) || 0 }),
  not_ephemeral: () => ({ type: 'ephemeral', seconds: 0 }),
  suspended: () => ({ type: 'suspended', on: true }),
  unsuspended: () => ({ type: 'suspended', on: false }),
  invite: ({ attrs }) => (attrs.code ? { type: 'invite_link', code: attrs.code } : null),
  membership_approval_request: created,
  created_membership_requests: created,
  revoked_membership_requests: (node, { actor }) => {
    const people = requesters(node, actor);
    const own = actor !== null && people.every((person) => isSelf(person, actor));
    return { type: 'membership_request', value: own ? 'revoked' : 'rejected', people };
  },
  link: (node, { group }) => linked('link', node, node.attrs.link_type, group),
  unlink: (node, { group }) => linked('unlink', node, node.attrs.unlink_type, group),
};

const PICTURE_READERS: Record<string, Reader> = {
  set: () => ({ type: 'picture', value: 'changed' }),
  delete: () => ({ type: 'picture', value: 'removed' }),
};

/** Reads a notification about a group; null when it is about something else. Unknown changes are left out. */
export function readGroupNotice(node: BinaryNode, self: Person, now: number): GroupNotice | null {
  const { id, from, type, t, notify } = node.attrs;
  const group = groupJid(from);
  if (!id || !group || (type !== 'w:gp2' && type !== 'picture')) return null;
  const readers = type === 'picture' ? PICTURE_READERS : READERS;
  const children = Array.isArray(node.content) ? node.content : [];
  const actor = actorOf(node, children);
  const changes = children.flatMap((child) => {
    const reader = Object.hasOwn(readers, child.tag) ? readers[child.tag] : undefined;
    return reader?.(child, { group, actor, self }) ?? [];
  });
  return {
    id,
    group,
    at: plausibleTime(milliseconds(t) ?? 0, now),
    actor,
    actorName: notify ?? null,
    changes,
  };
}

function actorOf({ attrs }: BinaryNode, children: BinaryNode[]): Person | null {
  const author = children.find((child) => child.attrs.author)?.attrs;
  return personOf(
    attrs.participant,
    attrs.participant_pn,
    attrs.participant_lid,
    author?.author,
    author?.author_pn,
  );
}

function created(node: BinaryNode, { actor }: Circumstances): GroupChange {
  return { type: 'membership_request', value: 'created', people: requesters(node, actor) };
}

/** A request is made by its actor unless the stanza names others. */
function requesters(node: BinaryNode, actor: Person | null) {
  const named = [...readParticipants(node), ...readParticipants(node, 'requested_user')];
  if (named.length > 0) return named;
  return actor ? [{ ...actor, role: 'member' as const }] : [];
}

/**
 * A link comes to the subgroup as its `parent_group` and to the community as its `sub_group`; both say the same. That
 * the other subgroups have a new sibling is nothing to report.
 */
function linked(
  type: 'link' | 'unlink',
  node: BinaryNode,
  kind: string | undefined,
  about: string,
): GroupChange | null {
  const other = getBinaryNodeChildren(node, 'group')[0];
  const jid = groupJid(other?.attrs.jid ?? other?.attrs.id);
  if (!other || !jid) return null;
  if (kind === 'parent_group') return { type, group: about, subject: '', community: jid };
  if (kind === 'sub_group') return { type, group: jid, subject: other.attrs.subject ?? '', community: about };
  return null;
}
