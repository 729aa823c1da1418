import { type Addressing, parseUserJid } from '../wire/jid.ts';
import type { ServerContext } from './context.ts';
import { type Account, accountJid } from './directory.ts';

/** One name for the sender whichever way it was addressed; a group or the server keeps its own. */
export function accountKey(ctx: ServerContext, jid: string | undefined): string | undefined {
  return ctx.directory.account(jid)?.number ?? jid;
}

/** The addressing that a JID uses; `pn` for anything that is not a user. */
export function addressingOf(jid: string | undefined): Addressing {
  return parseUserJid(jid)?.addressing ?? 'pn';
}

/**
 * The other name of an account, as an attribute: `sender_lid` beside a phone-number JID, `sender_pn`
 * beside a LID. Clients learn the mapping from it.
 */
export function alternative(role: string, account: Account, used: Addressing): Record<string, string> {
  return used === 'pn'
    ? { [`${role}_lid`]: accountJid(account, 'lid') }
    : { [`${role}_pn`]: accountJid(account, 'pn') };
}
