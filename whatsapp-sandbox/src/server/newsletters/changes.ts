import { createHash } from 'node:crypto';
import { stanza } from '../../wire/stanza.ts';
import type { ServerWith } from '../context.ts';
import type { Account, Device } from '../model/account.ts';
import {
  MAX_DESCRIPTION,
  MAX_NAME,
  makeInvite,
  type Newsletter,
  type NewsletterState,
} from '../model/newsletters.ts';
import { StanzaError } from '../stanza-error.ts';
import { newsletterView } from './view.ts';

type Needs = ServerWith<'clock' | 'delivery' | 'newsletters'>;

export interface NewsletterFields {
  name: string;
  description: string;
  picture?: Uint8Array | undefined;
  jid?: string | undefined;
  invite?: string | undefined;
  isPrivate?: boolean | undefined;
}

/** Makes a channel; its owner follows it. `by` is the device that asked, which gets the answer instead of a notice. */
export function createNewsletter(
  ctx: Needs,
  owner: Account,
  fields: NewsletterFields,
  by?: Device,
): Newsletter {
  const name = validName(fields.name);
  const description = validDescription(fields.description);
  const newsletter: Newsletter = {
    jid: fields.jid ?? ctx.newsletters.freeJid(),
    createdAt: ctx.clock(),
    invite: fields.invite ?? makeInvite(),
    name,
    description,
    picture: fields.picture && pictureOf(fields.picture),
    state: 'ACTIVE',
    isPrivate: fields.isPrivate ?? false,
    staff: new Map([[owner, 'OWNER']]),
    followers: new Map([[owner, { muted: false }]]),
    applicants: new Set(),
    posts: [],
    lastServerId: 99,
    watchers: new Map(),
  };
  ctx.newsletters.add(newsletter);
  notifyJoined(ctx, newsletter, owner, by);
  return newsletter;
}

/** Follows at once, or asks the owner of a private channel; following twice changes nothing. */
export function follow(ctx: Needs, newsletter: Newsletter, account: Account, by?: Device): void {
  if (newsletter.followers.has(account)) return;
  if (newsletter.state !== 'ACTIVE') throw new StanzaError(403, 'Forbidden');
  if (newsletter.isPrivate && !newsletter.staff.has(account)) {
    newsletter.applicants.add(account);
    return;
  }
  admit(ctx, newsletter, account, by);
}

/** The owner of a private channel approves a follower. */
export function approve(ctx: Needs, newsletter: Newsletter, account: Account): void {
  if (!newsletter.applicants.delete(account)) throw new StanzaError(404, 'Not Found');
  admit(ctx, newsletter, account);
}

function admit(ctx: Needs, newsletter: Newsletter, account: Account, by?: Device): void {
  newsletter.followers.set(account, { muted: false });
  notifyJoined(ctx, newsletter, account, by);
}

/** Who runs a channel keeps doing so; only what is posted no longer reaches him. */
export function unfollow(ctx: Needs, newsletter: Newsletter, account: Account, by?: Device): void {
  const waited = newsletter.applicants.delete(account);
  if (!newsletter.followers.delete(account)) {
    if (waited) return;
    throw new StanzaError(404, 'Not Found');
  }
  const left = { xwa2_notify_newsletter_on_leave: { id: newsletter.jid } };
  notify(ctx, account, 'NotificationNewsletterLeave', left, by);
}

export interface NewsletterUpdate {
  name?: string | undefined;
  description?: string | undefined;
  /** Empty bytes take the picture away. */
  picture?: Uint8Array | undefined;
}

export function updateNewsletter(ctx: Needs, newsletter: Newsletter, update: NewsletterUpdate, by?: Device) {
  const { name, description, picture } = update;
  if (name !== undefined) newsletter.name = validName(name);
  if (description !== undefined) newsletter.description = validDescription(description);
  if (picture !== undefined) newsletter.picture = picture.length > 0 ? pictureOf(picture) : undefined;
  notifyFollowers(ctx, newsletter, 'NotificationNewsletterUpdate', by, (viewer) => ({
    xwa2_notify_newsletter_on_metadata_update: newsletterView(newsletter, viewer),
  }));
}

export function setState(ctx: Needs, newsletter: Newsletter, state: NewsletterState, by?: Device): void {
  newsletter.state = state;
  notifyFollowers(ctx, newsletter, 'NotificationNewsletterStateChange', by, () => ({
    xwa2_notify_newsletter_on_state_change: {
      id: newsletter.jid,
      is_requestor: false,
      state: { type: state },
    },
  }));
  if (state === 'DELETED') newsletter.followers.clear();
}

function notifyJoined(ctx: Needs, newsletter: Newsletter, account: Account, by?: Device): void {
  const joined = { xwa2_notify_newsletter_on_join: newsletterView(newsletter, account) };
  notify(ctx, account, 'NotificationNewsletterJoin', joined, by);
}

function notifyFollowers(
  ctx: Needs,
  newsletter: Newsletter,
  operation: string,
  by: Device | undefined,
  data: (viewer: Account) => object,
): void {
  for (const account of newsletter.followers.keys()) notify(ctx, account, operation, data(account), by);
}

function notify(ctx: Needs, account: Account, operation: string, data: object, by?: Device): void {
  const update = stanza('update', { op_name: operation }, Buffer.from(JSON.stringify({ data })));
  for (const device of account.devices.values()) {
    if (device !== by) ctx.delivery.notify(device, 'mex', 's.whatsapp.net', [update]);
  }
}

function pictureOf(bytes: Uint8Array): { id: string; bytes: Uint8Array } {
  return { id: createHash('sha256').update(bytes).digest('hex').slice(0, 16), bytes };
}

function validName(name: string): string {
  if (name.trim() === '' || [...name].length > MAX_NAME) throw new StanzaError(400, 'Bad Request');
  return name;
}

function validDescription(description: string): string {
  if ([...description].length > MAX_DESCRIPTION) throw new StanzaError(400, 'Bad Request');
  return description;
}
