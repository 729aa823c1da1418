import type { InstanceRow } from '../../storage/schema.ts';
import type { GroupMetadata } from '../../whatsapp/group.ts';
import type { GroupIdentifier } from '../../whatsapp/invite.ts';
import { askWhatsApp, failedTo } from '../ask-whatsapp.ts';
import { type GroupDeps, storedGroups } from './deps.ts';
import { inGroup } from './in-group.ts';
import { previewGroup } from './preview-group.ts';

const OPERATION = 'get group info';
const REFUSALS = { operation: OPERATION, forbidden: 'Not allowed to see this group' };

export interface GroupFacts {
  group: GroupMetadata;
  code: string | null;
  image: string | null;
}

/** Everything about a group that the instance is in; with an invite code, also about one that it could join. */
export async function readGroup(
  instance: InstanceRow,
  identifier: GroupIdentifier,
  deps: GroupDeps,
): Promise<GroupFacts> {
  const { groups } = deps.sessions.session(instance.id);
  if ('code' in identifier) {
    const preview = await previewGroup(groups, identifier.code, OPERATION);
    if (!(await storedGroups(instance, deps).find(preview.jid))) {
      const image = await askWhatsApp(failedTo(OPERATION), () => groups.picture(preview.jid));
      return { group: preview, code: identifier.code, image };
    }
  }
  return inGroup(instance, identifier, REFUSALS, deps, async (_, { jid }) => ({
    group: await groups.metadata(jid),
    code: 'code' in identifier ? identifier.code : await groups.inviteCode(jid),
    image: await groups.picture(jid),
  }));
}
