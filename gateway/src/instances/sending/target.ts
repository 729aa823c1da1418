import { failure } from '../../failure.ts';
import { Groups } from '../../mailbox/groups.ts';
import type { InstanceRow } from '../../storage/schema.ts';
import type { GroupMetadata } from '../../whatsapp/group.ts';
import type { ChatAddress } from '../../whatsapp/inbound/origin.ts';
import { addressOf, type Jid, type Person, userOf } from '../../whatsapp/jid.ts';
import type { Session } from '../../whatsapp/session.ts';
import { refusalCode } from '../refusal.ts';
import type { SendDeps } from './deps.ts';

/** Where a message goes. */
export interface Target {
  /** JID in the form in which it is addressed. */
  to: string;
  chat: ChatAddress;
  /** Who is in it and by which address, for mentions; groups only. */
  group?: GroupMetadata;
}

/** What a session is asked to find a target. */
export type TargetSession = Pick<Session, 'lookUpNumbers' | 'groups'>;
export type TargetDeps = Pick<SendDeps, 'db' | 'numbers' | 'clock'>;

const NOT_A_MEMBER: readonly number[] = [401, 403, 404];

/** The chat of a recipient. Throws `number_unregistered`, `group_unknown` and `SendFailed`. */
export async function findTarget(
  instance: InstanceRow,
  session: TargetSession,
  { kind, jid }: Jid,
  deps: TargetDeps,
): Promise<Target> {
  switch (kind) {
    case 'user': {
      const found = await deps.numbers.find(instance.id, session, userOf(jid));
      if (!found) throw failure('number_unregistered');
      return { to: found.jid, chat: { kind: 'private', person: { jid: found.jid, lid: found.lid } } };
    }
    case 'group':
      return { to: jid, chat: { kind, jid }, group: await findGroup(instance, session, jid, deps) };
    case 'newsletter':
    case 'status':
      return { to: jid, chat: { kind, jid } };
    case 'lid':
    case 'broadcast':
      return { to: jid, chat: { kind: 'private', person: { jid: null, lid: jid } } };
  }
}

/** The private chat with a person who is known. */
export function personTarget({ jid, lid }: Person): Target {
  return { to: addressOf({ jid, lid }), chat: { kind: 'private', person: { jid, lid } } };
}

/** WhatsApp is asked for a group that is not stored: the account may have been in it for years. */
async function findGroup(
  { id }: InstanceRow,
  session: TargetSession,
  jid: string,
  { db, clock }: TargetDeps,
): Promise<GroupMetadata> {
  const known = await new Groups(db, id, clock.now()).find(jid);
  if (known) return known;
  try {
    return await session.groups.metadata(jid);
  } catch (error) {
    throw refusalCode(error, NOT_A_MEMBER) === null ? error : failure('group_unknown', undefined, error);
  }
}
