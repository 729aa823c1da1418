import type { GroupMetadata as EngineGroup } from 'baileys';
import { WAMessageAddressingMode } from 'baileys';
import { type GroupMetadata, memberJid } from '../group.ts';

/** What Baileys needs of a group to encrypt a message for its members. */
export function engineGroup(group: GroupMetadata): EngineGroup {
  const { jid, addressing, subject, participants, ephemeral } = group;
  return {
    id: jid,
    subject,
    owner: undefined,
    addressingMode: addressing === 'lid' ? WAMessageAddressingMode.LID : WAMessageAddressingMode.PN,
    participants: participants.flatMap((member) => {
      const id = memberJid(member, addressing);
      return id ? [{ id }] : [];
    }),
    ephemeralDuration: ephemeral,
  };
}
