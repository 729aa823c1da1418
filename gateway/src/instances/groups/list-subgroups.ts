import type { InstanceRow } from '../../storage/schema.ts';
import type { GroupMetadata } from '../../whatsapp/group.ts';
import { askWhatsApp, failedTo } from '../ask-whatsapp.ts';
import { offlineAs400 } from '../offline-as-400.ts';
import { type GroupDeps, storedGroups } from './deps.ts';

/** Groups of a community (JID) that the account is in, the Announcements group first. */
export function listSubgroups(
  instance: InstanceRow,
  community: string,
  deps: GroupDeps,
): Promise<GroupMetadata[]> {
  return offlineAs400(async () => {
    const session = deps.sessions.session(instance.id);
    await askWhatsApp(failedTo('get groups'), () => deps.groupSync.fresh(instance.id, session));
    const all = await storedGroups(instance, deps).all();
    const linked = all.filter(({ parent }) => parent === community);
    return linked.toSorted(
      (a, b) =>
        Number(b.isDefaultSubGroup) - Number(a.isDefaultSubGroup) ||
        a.subject.localeCompare(b.subject) ||
        (a.jid < b.jid ? -1 : 1),
    );
  });
}
