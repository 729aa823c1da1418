import { delay } from '../../async/delay.ts';
import { failure } from '../../failure.ts';
import type { InstanceRow } from '../../storage/schema.ts';
import type { GroupMetadata } from '../../whatsapp/group.ts';
import { readGroupJid } from '../../whatsapp/invite.ts';
import type { GroupOperations } from '../../whatsapp/ports/groups.ts';
import { SendFailed } from '../../whatsapp/session.ts';
import { failedTo, publicFailure } from '../ask-whatsapp.ts';
import { offlineAs400 } from '../offline-as-400.ts';
import { refusalReason } from '../refusal.ts';
import { type GroupDeps, storedGroups } from './deps.ts';

export const NOT_A_JID = 'it must be <digits>@g.us';

const MAX_LINKED = 50;
const BETWEEN_LINKS_MS = 1_000;

/** Texts of the codes that WhatsApp gives for single groups. */
const REASONS: Record<number, string> = {
  400: 'bad-request',
  401: 'not-authorized',
  403: 'forbidden',
  404: 'item-not-found',
  406: 'not-acceptable',
  409: 'conflict',
  419: 'resource-limit',
};

export type LinkAction = 'link' | 'unlink';

export interface LinkRequest {
  action: LinkAction;
  community: string;
  /** As the client wrote them. */
  groups: string[];
}

export interface LinkOutcome {
  /** JIDs for which it was done. */
  done: string[];
  failed: { jid: string; error: string; code?: number }[];
}

/** Links groups to a community or unlinks them, one after the other; a group that fails does not stop the others. */
export function linkGroups(
  instance: InstanceRow,
  request: LinkRequest,
  deps: GroupDeps,
): Promise<LinkOutcome> {
  return offlineAs400(async () => {
    deps.sessions.session(instance.id); // the connection is checked before the JID
    const community = readGroupJid(request.community);
    if (!community) throw failure('operation_failed', { text: `error parse community jid: ${NOT_A_JID}` });
    return overGroups(instance, { ...request, community }, deps);
  });
}

/** The same for a community that is known; `community`: JID. Throws `instance_not_connected`. */
export async function overGroups(
  instance: InstanceRow,
  { action, community, groups: named }: LinkRequest,
  deps: GroupDeps,
): Promise<LinkOutcome> {
  const { groups } = deps.sessions.session(instance.id);
  const outcome: LinkOutcome = { done: [], failed: [] };
  const stored = storedGroups(instance, deps);
  let asked = 0;
  for (const text of new Set(named.map((each) => readGroupJid(each) ?? each))) {
    const jid = readGroupJid(text);
    if (!jid) {
      outcome.failed.push({ jid: text, error: `invalid group JID: ${NOT_A_JID}` });
    } else if (action === 'link' && isLinked(await stored.find(jid), community)) {
      outcome.done.push(jid);
    } else if (asked >= MAX_LINKED) {
      outcome.failed.push({ jid, error: `a community has at most ${MAX_LINKED} groups` });
    } else {
      if (asked++ > 0) await delay(deps.clock, BETWEEN_LINKS_MS);
      await attempt(groups, { action, community, jid, isFirst: asked === 1 }, outcome);
    }
  }
  return outcome;
}

/** The Announcements group always belongs to its community: the request goes to WhatsApp, which refuses it. */
function isLinked(group: GroupMetadata | null, community: string): boolean {
  return group?.parent === community && !group.isDefaultSubGroup;
}

async function attempt(
  groups: GroupOperations,
  {
    action,
    community,
    jid,
    isFirst,
  }: { action: LinkAction; community: string; jid: string; isFirst: boolean },
  outcome: LinkOutcome,
): Promise<void> {
  try {
    const code = await groups[action](community, jid);
    if (code === null) outcome.done.push(jid);
    else outcome.failed.push({ jid, error: REASONS[code] ?? `code ${code}`, code });
  } catch (error) {
    if (!(error instanceof SendFailed)) throw error;
    const { reason } = error;
    const isGeneral = reason.kind === 'throttled' || reason.kind === 'not_connected';
    // Nothing was done yet: the whole operation failed.
    if (isGeneral && isFirst) throw publicFailure(error, failedTo(`${action} groups`));
    const refused = reason.kind === 'refused' ? { code: reason.code } : {};
    outcome.failed.push({ jid, error: refusalReason(error), ...refused });
  }
}
