import type { Clock } from '../../clock.ts';
import { failure } from '../../failure.ts';
import { Groups } from '../../mailbox/groups.ts';
import type { NumberCache } from '../../mailbox/number-cache.ts';
import type { Queries } from '../../storage/queries.ts';
import type { InstanceRow } from '../../storage/schema.ts';
import type { GroupMetadata } from '../../whatsapp/group.ts';
import type { GroupIdentifier } from '../../whatsapp/invite.ts';
import type { PictureOptions } from '../../whatsapp/media/outgoing/picture.ts';
import type { GroupOperations } from '../../whatsapp/ports/groups.ts';
import { SendFailed, type Session } from '../../whatsapp/session.ts';
import { operationFailure } from '../operation.ts';
import type { GroupSync } from './group-sync.ts';

export interface GroupDeps {
  db: Queries;
  clock: Clock;
  fetch: PictureOptions['fetch'];
  numbers: NumberCache;
  sync: GroupSync;
  /** The open session of an instance; throws `instance_not_connected`. */
  sessions: { session(instanceId: string): Session };
}

/** What an operation in a group is called (`failed to <operation>: <reason>`), and the text of its 403. */
export interface Refusals {
  operation: string;
  forbidden: string;
}

/** WhatsApp's codes for "no member" and "no admin", which it does not keep apart. */
const FORBIDDEN: readonly number[] = [401, 403];
/** Those, and a group that is not there. */
export const NOT_A_MEMBER: readonly number[] = [...FORBIDDEN, 404];
const NO_SUCH_GROUP: readonly number[] = [404];
const NO_SUCH_CODE: readonly number[] = [406];
const CODE_REVOKED: readonly number[] = [410];

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
  { operation, forbidden }: Refusals,
  deps: GroupDeps,
  work: (groups: GroupOperations, group: GroupMetadata) => Promise<T>,
): Promise<T> {
  const { groups } = deps.sessions.session(instance.id);
  const jid =
    'jid' in identifier ? identifier.jid : (await previewOf(groups, identifier.code, operation)).jid;
  const group = (await storedGroups(deps, instance).find(jid)) ?? (await joined(groups, jid, operation));
  try {
    return await work(groups, group);
  } catch (error) {
    if (refusalCode(error, NO_SUCH_GROUP) !== null) throw failure('group_unknown', undefined, error);
    if (refusalCode(error, FORBIDDEN) === null) throw failureOf(operation, error);
    // What is stored may be older than a removal: only a member is told that he may not.
    await joined(groups, jid, operation);
    throw failure('operation_forbidden', { text: forbidden }, error);
  }
}

/** What an invite code shows; throws `invite_invalid`, `invite_revoked`, `group_unknown`. */
export async function previewOf(
  groups: Pick<GroupOperations, 'preview'>,
  code: string,
  operation: string,
): Promise<GroupMetadata> {
  try {
    return await groups.preview(code);
  } catch (error) {
    if (refusalCode(error, NO_SUCH_CODE) !== null) throw failure('invite_invalid', undefined, error);
    if (refusalCode(error, CODE_REVOKED) !== null) throw failure('invite_revoked', undefined, error);
    if (refusalCode(error, NO_SUCH_GROUP) !== null) throw failure('group_unknown', undefined, error);
    throw failureOf(operation, error);
  }
}

/** Asks WhatsApp something that is not about a group of one's own: every refusal is a reason. */
export async function asking<T>(operation: string, question: Promise<T>): Promise<T> {
  try {
    return await question;
  } catch (error) {
    throw failureOf(operation, error);
  }
}

/** What a caller is told when nothing more precise can be said. */
export function failureOf(operation: string, error: unknown): unknown {
  return error instanceof SendFailed ? operationFailure(operation, error) : error;
}

/** Metadata of a group that the account is in; throws `group_unknown` when it is not. */
async function joined(
  groups: Pick<GroupOperations, 'metadata'>,
  jid: string,
  operation: string,
): Promise<GroupMetadata> {
  try {
    return await groups.metadata(jid);
  } catch (error) {
    if (refusalCode(error, NOT_A_MEMBER) !== null) throw failure('group_unknown', undefined, error);
    throw failureOf(operation, error);
  }
}

/** The code of a refusal when it is one of these. */
export function refusalCode(error: unknown, codes: readonly number[]): number | null {
  if (!(error instanceof SendFailed) || error.reason.kind !== 'refused') return null;
  return codes.includes(error.reason.code) ? error.reason.code : null;
}

/** The words that WhatsApp refused with, for lists of what went wrong. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof SendFailed)) throw error;
  const { reason } = error;
  if (reason.kind === 'not_connected') return 'not connected';
  if (reason.kind === 'throttled') return 'rate-overlimit';
  if (reason.kind === 'refused') return reason.text ?? `code ${reason.code}`;
  return reason.kind === 'failed' ? reason.text : 'timed out';
}
