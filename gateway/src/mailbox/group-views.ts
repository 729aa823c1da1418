import { timestamp } from '../clock.ts';
import type { GroupMetadata, GroupRules, Participant } from '../whatsapp/group.ts';
import { inviteLink } from '../whatsapp/invite.ts';
import type { Person } from '../whatsapp/jid.ts';

/** The four settings by the contract's names, and what WhatsApp calls each: some are named by their opposite. */
export const SETTINGS = {
  membersCanEditInfo: { rule: 'locked', means: false },
  membersCanSendMessages: { rule: 'announce', means: false },
  membersCanAddOthers: { rule: 'memberAdd', means: true },
  requireAdminApproval: { rule: 'approval', means: true },
} as const satisfies Record<string, { rule: keyof GroupRules; means: boolean }>;

export type SettingName = keyof typeof SETTINGS;
export type GroupSettings = Record<SettingName, boolean>;

/** The phone JID when it is known, else the LID. */
export function shownJid(person: Person | null): string | null {
  return person && (person.jid ?? person.lid);
}

export function settingsView(rules: GroupRules): GroupSettings {
  const entries = Object.entries(SETTINGS).map(([name, { rule, means }]) => [name, rules[rule] === means]);
  return Object.fromEntries(entries) as GroupSettings;
}

export function participantsView(participants: Participant[]) {
  return participants.map(({ jid, lid, role }) => ({
    jid: jid ?? lid,
    lid,
    isAdmin: role !== 'member',
    isSuperAdmin: role === 'superadmin',
  }));
}

/** `inviteCode` and `inviteLink`; null when WhatsApp does not give the code to this member. */
export function inviteView(code: string | null) {
  return { inviteCode: code, inviteLink: code === null ? null : inviteLink(code) };
}

/** The group in the answer of an operation that makes or changes it. */
export function groupInfo(group: GroupMetadata, code: string | null) {
  return {
    name: group.subject,
    jid: group.jid,
    description: group.description?.text ?? '',
    ...inviteView(code),
    createdBy: shownJid(group.createdBy),
    participantCount: group.size,
    participants: participantsView(group.participants),
    groupSettings: settingsView(group),
    ...kindView(group),
  };
}

/** One group of the list. */
export function listedGroup(group: GroupMetadata, withMembers: boolean) {
  return {
    groupJid: group.jid,
    jid: group.jid,
    name: group.subject,
    description: group.description?.text ?? '',
    memberCount: group.size,
    participantCount: group.size,
    createdBy: shownJid(group.createdBy),
    createdAt: time(group.createdAt),
    ...kindView(group),
    ...(withMembers && { participants: participantsView(group.participants) }),
  };
}

export interface Details {
  image: string | null;
  code: string | null;
  withMembers: boolean;
}

/** All details of one group. */
export function groupDetails(group: GroupMetadata, { image, code, withMembers }: Details) {
  const { description } = group;
  return {
    name: group.subject,
    jid: group.jid,
    description: description?.text ?? '',
    image,
    ...inviteView(code),
    createdBy: shownJid(group.createdBy),
    createdAt: time(group.createdAt),
    participantCount: group.size,
    ...(withMembers && { participants: participantsView(group.participants) }),
    groupSettings: settingsView(group),
    metadata: {
      nameChangedBy: shownJid(group.subjectBy),
      nameChangedAt: time(group.subjectAt),
      descriptionChangedBy: shownJid(description?.by ?? null),
      descriptionChangedAt: time(description?.at ?? null),
      descriptionId: description?.id || null,
    },
    ...kindView(group),
    isEphemeral: group.ephemeral > 0,
    ephemeralDuration: group.ephemeral,
    isIncognito: group.incognito,
    isSuspended: group.suspended,
  };
}

function kindView({ isCommunity, announce, isDefaultSubGroup, parent }: GroupMetadata) {
  return {
    isCommunity,
    isAnnounce: announce,
    isDefaultSubGroup,
    ...(parent !== null && { linkedParentJid: parent }),
  };
}

function time(ms: number | null): string | null {
  return ms === null ? null : timestamp(ms);
}
