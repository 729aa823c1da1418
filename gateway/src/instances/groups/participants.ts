import type { InstanceRow } from '../../storage/schema.ts';
import type { GroupMetadata } from '../../whatsapp/group.ts';
import type { GroupIdentifier } from '../../whatsapp/invite.ts';
import type { GroupOperations, ParticipantAnswer } from '../../whatsapp/ports/groups.ts';
import { type GroupDeps, inGroup } from './access.ts';
import {
  among,
  type Entry,
  type GroupAction,
  type ParticipantResult,
  readEntries,
  registered,
  resultsOf,
} from './people.ts';

const REFUSALS = {
  operation: 'update group participants',
  forbidden: 'Not authorized to update group participants (must be admin)',
};

/** Does one thing to many people; WhatsApp decides for each of them. */
export function changeParticipants(
  instance: InstanceRow,
  identifier: GroupIdentifier,
  { action, participants }: { action: GroupAction; participants: string[] },
  deps: GroupDeps,
): Promise<{ groupJid: string; results: ParticipantResult[] }> {
  return inGroup(instance, identifier, REFUSALS, deps, async (groups, group) => {
    const named = readEntries(participants);
    const entries =
      action === 'add'
        ? await registered(named, {
            instanceId: instance.id,
            session: deps.sessions.session(instance.id),
            numbers: deps.numbers,
          })
        : among(named, await candidates(groups, group, action), group.addressing);
    const answers = await ask(groups, group, action, entries);
    return { groupJid: group.jid, results: resultsOf(entries, answers, action) };
  });
}

/** Those whom the entries can mean: whoever waits at the door, or whoever is in. */
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
