import type { InstanceRow } from '../../storage/schema.ts';
import type { WhatsAppError } from '../../whatsapp/errors.ts';
import type { GroupMetadata } from '../../whatsapp/group.ts';
import { readGroupJid } from '../../whatsapp/invite.ts';
import type { GroupOperations } from '../../whatsapp/ports/groups.ts';
import { askWhatsApp, failedTo } from '../ask-whatsapp.ts';
import { offlineAs400 } from '../offline-as-400.ts';
import { pictureRefused, readPicture } from '../picture.ts';
import { refusalCode } from '../refusal.ts';
import { readChanged } from './changed-group.ts';
import type { GroupDeps } from './deps.ts';
import { NO_COMMUNITIES } from './group-codes.ts';
import { overGroups } from './link-groups.ts';

export interface NewCommunity {
  name: string;
  description: string;
  image: string | undefined;
  /** As the client wrote them. */
  groups: string[];
  approval: boolean;
}

export interface CreatedCommunity {
  group: GroupMetadata;
  code: string | null;
  /** JIDs of the groups that were linked, and of those that were not. */
  linked: string[];
  failed: string[];
  imageError: WhatsAppError | null;
}

/** Creates a community and links groups to it; an account that may not have communities gets a regular group. */
export function createCommunity(
  instance: InstanceRow,
  input: NewCommunity,
  deps: GroupDeps,
): Promise<CreatedCommunity> {
  return offlineAs400(async () => {
    const { groups } = deps.sessions.session(instance.id);
    const created = await askWhatsApp(failedTo('create community'), () => create(groups, input));
    const imageError =
      input.image === undefined ? null : await setPicture(groups, created.jid, input.image, deps);
    const { done, failed } = created.isCommunity
      ? await overGroups(instance, { action: 'link', community: created.jid, groups: input.groups }, deps)
      : { done: [], failed: input.groups.map((jid) => ({ jid: readGroupJid(jid) ?? jid })) };
    const [group, code] = await readChanged(groups, created);
    return { group, code, linked: done, failed: failed.map(({ jid }) => jid), imageError };
  });
}

async function create(groups: GroupOperations, input: NewCommunity): Promise<GroupMetadata> {
  const { name: subject, description, approval } = input;
  try {
    return await groups.createCommunity({ subject, description, approval });
  } catch (error) {
    if (refusalCode(error, NO_COMMUNITIES) === null) throw error;
  }
  const { group } = await groups.create({ subject, participants: [], community: null });
  if (description !== '') await groups.setDescription(group.jid, description, null);
  return group;
}

/** Resolves with the what went wrong, null when the picture was set. */
async function setPicture(
  groups: GroupOperations,
  jid: string,
  source: string,
  { fetch }: GroupDeps,
): Promise<WhatsAppError | null> {
  const picture = await readPicture(source, fetch);
  if ('error' in picture) return picture.error;
  try {
    await groups.setPicture(jid, picture.jpeg);
    return null;
  } catch (error) {
    return pictureRefused(error);
  }
}
