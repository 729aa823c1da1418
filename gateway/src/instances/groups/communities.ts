import { delay } from '../../async/delay.ts';
import { Failure, failure } from '../../failure.ts';
import type { InstanceRow } from '../../storage/schema.ts';
import type { GroupMetadata } from '../../whatsapp/group.ts';
import { readGroupJid } from '../../whatsapp/invite.ts';
import type { GroupOperations } from '../../whatsapp/ports/groups.ts';
import { SendFailed, type Session } from '../../whatsapp/session.ts';
import { asking, failureOf, type GroupDeps, reasonOf, refusalCode, storedGroups } from './access.ts';
import { afterwards } from './create.ts';
import { imageRefused, readImage } from './image.ts';

/** WhatsApp's answer to accounts that may not have communities. */
const NOT_AVAILABLE = 400;
const MAX_LINKED = 50;
const BETWEEN_LINKS_MS = 1_000;

/** What the codes of single groups are called; WhatsApp gives only the number. */
const REASONS: Record<number, string> = {
  400: 'bad-request',
  401: 'not-authorized',
  403: 'forbidden',
  404: 'item-not-found',
  406: 'not-acceptable',
  409: 'conflict',
  419: 'resource-limit',
};

export interface NewCommunity {
  name: string;
  description: string;
  image: string | undefined;
  /** As the client wrote them. */
  groups: string[];
  approval: boolean;
}

export interface LinkOutcome {
  /** JIDs for which it was done. */
  done: string[];
  failed: { jid: string; error: string; code?: number }[];
}

type LinkAction = 'link' | 'unlink';

/** Makes a community and links groups to it; where WhatsApp does not allow one, a regular group. */
export async function createCommunity(instance: InstanceRow, desired: NewCommunity, deps: GroupDeps) {
  const { groups } = session(instance, deps);
  const made = await asking('create community', make(groups, desired)).catch(offline400);
  const imageError =
    desired.image === undefined ? null : await setImage(groups, made.jid, desired.image, deps);
  const { done, failed } = made.isCommunity
    ? await overGroups('link', made.jid, desired.groups, instance, deps)
    : { done: [], failed: desired.groups.map((jid) => ({ jid: readGroupJid(jid) ?? jid })) };
  const [group, code] = await afterwards(groups, made);
  return { group, code, linked: done, failed: failed.map(({ jid }) => jid), imageError };
}

/** Links or unlinks groups, one after the other; what fails does not stop the others. */
export function changeLinks(
  action: LinkAction,
  instance: InstanceRow,
  { community, groups }: { community: string; groups: string[] },
  deps: GroupDeps,
): Promise<LinkOutcome> {
  session(instance, deps);
  const jid = readGroupJid(community);
  if (!jid) throw failure('operation_failed', { text: `error parse community jid: ${NOT_A_JID}` });
  return overGroups(action, jid, groups, instance, deps);
}

/** Groups of a community that the instance is in, the Announcements group first. */
export async function listSubgroups(
  instance: InstanceRow,
  community: string,
  deps: GroupDeps,
): Promise<GroupMetadata[]> {
  await asking('get groups', deps.sync.fresh(instance.id, session(instance, deps))).catch(offline400);
  const linked = (await storedGroups(deps, instance).all()).filter(({ parent }) => parent === community);
  return linked.toSorted(
    (a, b) =>
      Number(b.isDefaultSubGroup) - Number(a.isDefaultSubGroup) ||
      a.subject.localeCompare(b.subject) ||
      (a.jid < b.jid ? -1 : 1),
  );
}

export const NOT_A_JID = 'it must be <digits>@g.us';

/** Community routes answer a missing connection with 400. */
function session(instance: InstanceRow, { sessions }: GroupDeps): Session {
  try {
    return sessions.session(instance.id);
  } catch (error) {
    throw offline(error);
  }
}

function offline(error: unknown): unknown {
  return error instanceof Failure && error.code === 'instance_not_connected'
    ? failure('instance_offline', undefined, error)
    : error;
}

function offline400(error: unknown): never {
  throw offline(error);
}

async function make(groups: GroupOperations, desired: NewCommunity): Promise<GroupMetadata> {
  const { name: subject, description, approval } = desired;
  try {
    return await groups.createCommunity({ subject, description, approval });
  } catch (error) {
    if (refusalCode(error, [NOT_AVAILABLE]) === null) throw error;
  }
  const { group } = await groups.create({ subject, participants: [], community: null });
  if (description !== '') await groups.setDescription(group.jid, description, null);
  return group;
}

async function setImage(
  groups: GroupOperations,
  jid: string,
  source: string,
  { fetch }: GroupDeps,
): Promise<string | null> {
  const image = await readImage(source, fetch);
  if ('error' in image) return image.error;
  try {
    await groups.setPicture(jid, image.jpeg);
    return null;
  } catch (error) {
    return imageRefused(reasonOf(error));
  }
}

async function overGroups(
  action: LinkAction,
  community: string,
  wanted: string[],
  instance: InstanceRow,
  deps: GroupDeps,
): Promise<LinkOutcome> {
  const { groups } = session(instance, deps);
  const outcome: LinkOutcome = { done: [], failed: [] };
  const stored = storedGroups(deps, instance);
  let asked = 0;
  for (const text of new Set(wanted.map((each) => readGroupJid(each) ?? each))) {
    const jid = readGroupJid(text);
    if (!jid) {
      outcome.failed.push({ jid: text, error: `invalid group JID: ${NOT_A_JID}` });
    } else if (action === 'link' && isLinked(await stored.find(jid), community)) {
      outcome.done.push(jid);
    } else if (asked >= MAX_LINKED) {
      outcome.failed.push({ jid, error: `a community has at most ${MAX_LINKED} groups` });
    } else {
      if (asked++ > 0) await delay(deps.clock, BETWEEN_LINKS_MS);
      await attempt(groups, action, { community, jid, first: asked === 1 }, outcome);
    }
  }
  return outcome;
}

/** The Announcements group was born with its community: to link it is refused like anything that cannot be. */
function isLinked(group: GroupMetadata | null, community: string): boolean {
  return group?.parent === community && !group.isDefaultSubGroup;
}

async function attempt(
  groups: GroupOperations,
  action: LinkAction,
  { community, jid, first }: { community: string; jid: string; first: boolean },
  outcome: LinkOutcome,
): Promise<void> {
  try {
    const code = await groups[action](community, jid);
    if (code === null) outcome.done.push(jid);
    else outcome.failed.push({ jid, error: REASONS[code] ?? `code ${code}`, code });
  } catch (error) {
    if (!(error instanceof SendFailed)) throw error;
    const { reason } = error;
    const general = reason.kind === 'throttled' || reason.kind === 'not_connected';
    // Nothing was done yet: the whole call failed for a reason of its own.
    if (general && first) throw offline(failureOf(`${action} groups`, error));
    const refused = reason.kind === 'refused' ? { code: reason.code } : {};
    outcome.failed.push({ jid, error: reasonOf(error), ...refused });
  }
}
