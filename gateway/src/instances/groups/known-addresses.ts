import { Contacts } from '../../mailbox/contacts.ts';
import type { InstanceRow } from '../../storage/schema.ts';
import type { GroupMetadata } from '../../whatsapp/group.ts';
import type { Person } from '../../whatsapp/jid.ts';
import type { GroupDeps } from './deps.ts';

/** Completes the people of groups with the addresses that this instance knows of them. */
export async function withKnownAddresses(
  groups: GroupMetadata[],
  instance: InstanceRow,
  { db, clock }: Pick<GroupDeps, 'db' | 'clock'>,
): Promise<GroupMetadata[]> {
  const people = groups.flatMap(peopleOf);
  const incomplete = people.filter(({ jid, lid }) => jid === null || lid === null);
  if (incomplete.length === 0) return groups;
  const find = await new Contacts(db, instance.id, clock.now()).among(incomplete);
  const complete = <P extends Person>(person: P): P => {
    if (person.jid !== null && person.lid !== null) return person;
    const known = find(person);
    return { ...person, jid: person.jid ?? known?.jid ?? null, lid: person.lid ?? known?.lid ?? null };
  };
  return groups.map((group) => ({
    ...group,
    participants: group.participants.map(complete),
    createdBy: group.createdBy && complete(group.createdBy),
    subjectBy: group.subjectBy && complete(group.subjectBy),
    description: group.description && {
      ...group.description,
      by: group.description.by && complete(group.description.by),
    },
  }));
}

/** The same for one group. */
export async function withKnownAddress(
  group: GroupMetadata,
  instance: InstanceRow,
  deps: Pick<GroupDeps, 'db' | 'clock'>,
): Promise<GroupMetadata> {
  const [complete] = await withKnownAddresses([group], instance, deps);
  return complete ?? group;
}

function peopleOf({ participants, createdBy, subjectBy, description }: GroupMetadata): Person[] {
  return [...participants, createdBy, subjectBy, description?.by ?? null].filter((person) => person !== null);
}
