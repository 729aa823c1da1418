import type { Clock } from '../../clock.ts';
import { failure } from '../../failure.ts';
import { Groups } from '../../mailbox/groups.ts';
import type { NumberBook } from '../../mailbox/number-book.ts';
import type { Queries } from '../../storage/database.ts';
import type { InstanceRow } from '../../storage/schema.ts';
import type { GroupMetadata } from '../../whatsapp/group.ts';
import type { GroupIdentifier } from '../../whatsapp/invite.ts';
import type { PictureOptions } from '../../whatsapp/media/picture.ts';
import type { GroupOperations } from '../../whatsapp/ports/groups.ts';
import { SendFailed, type Session } from '../../whatsapp/session.ts';
import type { GroupSync } from '../group-sync.ts';
import { operationFailure } from '../operation.ts';

export interface GroupDeps {
  db: Queries;
  clock: Clock;
  fetch: PictureOptions['fetch'];
  numbers: NumberBook;
  sync: GroupSync;
  /** The open session of an instance; throws `instance_not_connected`. */
  sessions: { session(instanceId: string): Session };
}

/** The texts of one operation: `failed to <operation>: <reason>`, and its 403. */
export interface Refusals {
  operation: string;
  forbidden: string;
}

/** WhatsApp's codes for "no member" and "no admin", which it does not keep apart. */
const FORBIDDEN: readonly number[] = [401, 403];
const NO_SUCH_GROUP = 404;
const NO_SUCH_CODE = 406;
const CODE_REVOKED = 410;

export function storedGroups({ db, clock }: Pick<GroupDeps, 'db' | 'clock'>, instance: InstanceRow): Groups {
  return new Groups(db, instance.id, clock.now());
}

/**
 * Does something in a group that the instance is a member of, with everything that can be wrong told as the contract
 * says (`groups.md`, EI and the endpoint's rows).
 */
export async function inGroup<T>(
  instance: InstanceRow,
  identifier: GroupIdentifier,
  refusals: Refusals,
  deps: GroupDeps,
  work: (groups: GroupOperations, group: GroupMetadata) => Promise<T>,
): Promise<T> {
  const { groups } = deps.sessions.session(instance.id);
  const jid = 'jid' in identifier ? identifier.jid : (await previewOf(groups, identifier.code, refusals)).jid;
  const group = (await storedGroups(deps, instance).find(jid)) ?? (await askedFor(groups, jid, refusals));
  try {
    return await work(groups, group);
  } catch (error) {
    // What is stored may be older than a removal: only a member is told that he may not.
    if (refusalCode(error, FORBIDDEN) !== null) await askedFor(groups, jid, refusals);
    throw groupFailure(error, refusals);
  }
}

/** What an invite code shows; throws `invite_invalid`, `invite_revoked`. */
export async function previewOf(
  groups: Pick<GroupOperations, 'preview'>,
  code: string,
  refusals: Refusals,
): Promise<GroupMetadata> {
  try {
    return await groups.preview(code);
  } catch (error) {
    if (refusalCode(error, [NO_SUCH_CODE]) !== null) throw failure('invite_invalid', undefined, error);
    throw groupFailure(error, refusals);
  }
}

/** Metadata from WhatsApp; throws `group_unknown` for a group that the account is not in. */
async function askedFor(
  groups: Pick<GroupOperations, 'metadata'>,
  jid: string,
  refusals: Refusals,
): Promise<GroupMetadata> {
  try {
    return await groups.metadata(jid);
  } catch (error) {
    if (refusalCode(error, FORBIDDEN) !== null) throw failure('group_unknown', undefined, error);
    throw groupFailure(error, refusals);
  }
}

/** What a caller is told of WhatsApp's answer. */
export function groupFailure(error: unknown, { operation, forbidden }: Refusals): unknown {
  if (!(error instanceof SendFailed)) return error;
  if (refusalCode(error, FORBIDDEN) !== null) {
    return failure('operation_forbidden', { text: forbidden }, error);
  }
  if (refusalCode(error, [NO_SUCH_GROUP]) !== null) return failure('group_unknown', undefined, error);
  if (refusalCode(error, [CODE_REVOKED]) !== null) return failure('invite_revoked', undefined, error);
  return operationFailure(operation, error);
}

/** The code of a refusal when it is one of these. */
export function refusalCode(error: unknown, codes: readonly number[]): number | null {
  if (!(error instanceof SendFailed) || error.reason.kind !== 'refused') return null;
  return codes.includes(error.reason.code) ? error.reason.code : null;
}

/** Asks WhatsApp something that is not about a group of one's own. */
export async function asking<T>(refusals: Refusals, question: Promise<T>): Promise<T> {
  try {
    return await question;
  } catch (error) {
    throw groupFailure(error, refusals);
  }
}

/** The words that WhatsApp refused with, for lists of what went wrong. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof SendFailed)) throw error;
  const { reason } = error;
  if (reason.kind === 'not_connected') throw failure('instance_not_connected', undefined, error);
  if (reason.kind === 'throttled') return 'rate-overlimit';
  if (reason.kind === 'refused') return reason.text ?? `code ${reason.code}`;
  return reason.kind === 'failed' ? reason.text : 'timed out';
}
