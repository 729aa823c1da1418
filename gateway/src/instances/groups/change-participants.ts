import type { InstanceRow } from '../../storage/schema.ts';
import type { GroupMetadata } from '../../whatsapp/group.ts';
import type { GroupIdentifier } from '../../whatsapp/invite.ts';
import type { GroupOperations, ParticipantAnswer } from '../../whatsapp/ports/groups.ts';
import type { GroupDeps } from './deps.ts';
import { inGroup } from './in-group.ts';
import {
  among,
  type Entry,
  type GroupAction,
  type ParticipantResult,
  readEntries,
  registered,
  resultsOf,
} from './participant-entries.ts';

const REFUSALS = {
  operation: 'update group participants',
  forbidden: 'Not authorized to update group participants (must be admin)',
};

export interface ParticipantChange {
  identifier: GroupIdentifier;
  action: GroupAction;
  /** Numbers and JIDs, as the client wrote them. */
  participants: string[];
}

/** Adds, removes, promotes, demotes, approves or rejects people; WhatsApp decides for each of them. */
export function changeParticipants(
  instance: InstanceRow,
  { identifier, action, participants }: ParticipantChange,
  deps: GroupDeps,
): Promise<{ groupJid: string; results: ParticipantResult[] }> {
  return inGroup(instance, identifier, REFUSALS, deps, async (groups, group) => {
    const named = readEntries(participants);
    const entries =
      action === 'add'
        ? await registered(instance, named, deps)
        : among(named, await candidates(groups, group, action), group.addressing);
    const answers = await ask(groups, group, action, entries);
    return { groupJid: group.jid, results: resultsOf(entries, answers, action) };
  });
}

/** The people whom the entries can mean: those who ask to join, or the participants. */
async function candidates(groups: GroupOperations, group: GroupMetadata, action: GroupAction) {
  if (action !== 'approve' && action !== 'reject') return group.participants;
  return (await groups.requests(group.jid)).map(({ person }) => person);
}

async function ask(
  groups: GroupOperations,
  group: GroupMetadata,
  action: GroupAction,
  entries: Entry[],
): Promise<ParticipantAnswer[]> {
  const wanted = entries.flatMap(({ wire }) => wire ?? []);
  if (wanted.length === 0) return [];
  return action === 'approve' || action === 'reject'
    ? groups.decide(group.jid, action, wanted)
    : groups.changeParticipants(group.jid, action, wanted, group.isCommunity);
}
