import type { InstanceRow } from '../../storage/schema.ts';
import type { GroupMetadata } from '../../whatsapp/group.ts';
import { askWhatsApp, failedTo } from '../ask-whatsapp.ts';
import { type GroupDeps, storedGroups } from './deps.ts';
import { withKnownAddresses } from './known-addresses.ts';

/** The groups that the account is in, by name; WhatsApp is asked for them at most once a minute. */
export async function listGroups(instance: InstanceRow, deps: GroupDeps): Promise<GroupMetadata[]> {
  const session = deps.sessions.session(instance.id);
  await askWhatsApp(failedTo('get groups'), () => deps.groupSync.fresh(instance.id, session));
  const groups = await withKnownAddresses(await storedGroups(instance, deps).all(), instance, deps);
  return groups.toSorted((a, b) => a.subject.localeCompare(b.subject) || (a.jid < b.jid ? -1 : 1));
}
