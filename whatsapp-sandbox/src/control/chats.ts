import type { ServerContext } from '../server/context.ts';
import type { Account } from '../server/model/account.ts';
import { type Chat, STATUS_FEED } from '../server/model/chats.ts';
import { isGroupJid, isNewsletterJid, STATUS_JID } from '../wire/jid.ts';
import { phoneNumber } from './fields.ts';
import { ControlError } from './http.ts';
import { newsletterOf } from './newsletters.ts';

/** Finds the account that a number, a phone-number JID or a LID names. */
export function accountOf(ctx: ServerContext, to: string): Account {
  const account =
    ctx.directory.account(to) ?? (to.includes('@') ? undefined : ctx.directory.get(phoneNumber(to)));
  if (!account) throw new ControlError(404, `${to} is not on this server`);
  return account;
}

/** Like `accountOf`, and a group, channel or status by its JID. */
export function chatOf(ctx: ServerContext, to: string): Chat {
  if (to === STATUS_JID) return STATUS_FEED;
  if (isNewsletterJid(to)) return newsletterOf(ctx, to);
  if (!isGroupJid(to)) return accountOf(ctx, to);
  const group = ctx.groups.get(to);
  if (!group) throw new ControlError(404, `there is no group ${to}`);
  return group;
}
