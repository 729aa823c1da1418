import type { GroupDescription, GroupMetadata, GroupRole, Participant } from '../group.ts';
import { parseJid, personOf } from '../jid.ts';
import {
  type BinaryNode,
  getBinaryNodeChild,
  getBinaryNodeChildren,
  getBinaryNodeChildString,
} from '../proto.ts';

/*
 * Baileys' own reading of these nodes leaves out whether a group is suspended or hides numbers, and drops the errors
 * of participants, so they are read from the stanza.
 */

/** Reads a `<group>`; null when it names no group. */
export function readGroup(node: BinaryNode): GroupMetadata | null {
  const { attrs } = node;
  const jid = groupJid(attrs.id ?? attrs.jid);
  if (!jid) return null;
  const has = (tag: string) => getBinaryNodeChild(node, tag) !== undefined;
  const participants = readParticipants(node);
  const description = getBinaryNodeChild(node, 'description');
  return {
    jid,
    addressing: attrs.addressing_mode === 'lid' ? 'lid' : 'pn',
    subject: attrs.subject ?? '',
    subjectBy: personOf(attrs.s_o, attrs.s_o_pn),
    subjectAt: milliseconds(attrs.s_t),
    description: description ? readDescription(description) : null,
    createdBy: personOf(attrs.creator, attrs.creator_pn),
    createdAt: milliseconds(attrs.creation),
    participants,
    size: Math.max(Number(attrs.size) || 0, participants.length),
    announce: has('announcement'),
    locked: has('locked'),
    memberAdd: getBinaryNodeChildString(node, 'member_add_mode') === 'all_member_add',
    approval: has('membership_approval_mode'),
    ephemeral: Number(getBinaryNodeChild(node, 'ephemeral')?.attrs.expiration) || 0,
    isCommunity: has('parent'),
    isDefaultSubGroup: has('default_sub_group'),
    parent: groupJid(getBinaryNodeChild(node, 'linked_parent')?.attrs.jid),
    incognito: has('incognito'),
    suspended: has('suspended'),
  };
}

/**
 * The `<participant>` children; each names a member by the group's address form, with the other one beside it. Those
 * with an `error` are no members: the answer to `create` names them among the others.
 */
export function readParticipants(node: BinaryNode, tag = 'participant'): Participant[] {
  return getBinaryNodeChildren(node, tag).flatMap(({ attrs }) => {
    const person = personOf(attrs.jid, attrs.phone_number, attrs.lid);
    return person && attrs.error === undefined ? [{ ...person, role: roleOf(attrs.type) }] : [];
  });
}

/** Null for a description that was taken away. */
export function readDescription(node: BinaryNode): GroupDescription | null {
  const text = getBinaryNodeChildString(node, 'body');
  if (!text) return null;
  const { id = '', participant, participant_pn, t } = node.attrs;
  return { id, text, by: personOf(participant, participant_pn), at: milliseconds(t) };
}

/** A group's JID, from its id alone or in full. */
export function groupJid(text: string | undefined): string | null {
  if (!text) return null;
  const parsed = parseJid(text.includes('@') ? text : `${text}@g.us`);
  return parsed?.kind === 'group' ? parsed.jid : null;
}

/** WhatsApp's Unix seconds, null when they are missing. */
export function milliseconds(seconds: string | undefined): number | null {
  const value = Number(seconds);
  return Number.isSafeInteger(value) && value > 0 ? value * 1000 : null;
}

function roleOf(type: string | undefined): GroupRole {
  return type === 'admin' || type === 'superadmin' ? type : 'member';
}
