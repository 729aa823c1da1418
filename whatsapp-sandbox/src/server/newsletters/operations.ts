import { QueryIds } from 'baileys';
import type { ServerWith } from '../context.ts';
import type { Account, Device } from '../model/account.ts';
import { isStaff, type Newsletter } from '../model/newsletters.ts';
import { StanzaError } from '../stanza-error.ts';
import { createNewsletter, follow, setState, unfollow, updateNewsletter } from './changes.ts';
import { hasAcceptedNewsletterTerms } from './terms.ts';
import { newsletterView } from './view.ts';

type Needs = ServerWith<'clock' | 'delivery' | 'directory' | 'newsletters'>;

/** The channels that an account follows; WhatsApp Web knows the query, Baileys does not. */
const SUBSCRIBED_QUERY_ID = '6388546374527196';

/** Ids of the same operations in clients of others and in WhatsApp Web of 2026. */
const OTHER_IDS = {
  CREATE: '25149874324715067',
  /** Its variable is called `newsletter_input`. */
  CREATE_OLD: '6234210096708695',
  METADATA: '27456920720571478',
  SUBSCRIBED: '25399611239711790',
  FOLLOW: '9926858900719341',
  UNFOLLOW: '6392786840836363',
};
/** Switches that these operations declare: WhatsApp refuses a request that leaves one out. */
const SUBSCRIBED_FLAGS = ['fetch_status_metadata', 'fetch_wamo_sub'];
const METADATA_FLAGS = [
  ...SUBSCRIBED_FLAGS,
  'fetch_creation_time',
  'fetch_full_image',
  'fetch_pinned_messages',
  'fetch_viewer_metadata',
];

/** 1 MiB of picture in base64; WhatsApp's own clients send far less. */
const MAX_PICTURE_CHARACTERS = 1_400_000;

/** A GraphQL request of a client; `ctx` is what the operation needs of the server. */
export interface MexRequest<Context> {
  ctx: Context;
  device: Device;
  account: Account;
  variables: Record<string, unknown>;
}

/** Returns what stands under `data`, or throws a StanzaError, which becomes a GraphQL error. */
export type MexOperation<Context> = (request: MexRequest<Context>) => object;

type Asking = MexRequest<Needs>;

/** Stored GraphQL queries about channels, by the ids that clients send. */
export const NEWSLETTER_OPERATIONS: Record<string, MexOperation<Needs>> = {
  [QueryIds.CREATE]: create,
  [QueryIds.METADATA]: metadata,
  [SUBSCRIBED_QUERY_ID]: subscribed,
  [QueryIds.FOLLOW]: join,
  [QueryIds.UNFOLLOW]: leave,
  [OTHER_IDS.CREATE]: create,
  [OTHER_IDS.CREATE_OLD]: (asking) =>
    create({ ...asking, variables: { input: asking.variables.newsletter_input } }),
  [OTHER_IDS.METADATA]: (asking) => metadata(declaring(asking, METADATA_FLAGS)),
  [OTHER_IDS.SUBSCRIBED]: (asking) => subscribed(declaring(asking, SUBSCRIBED_FLAGS)),
  [OTHER_IDS.FOLLOW]: join,
  [OTHER_IDS.UNFOLLOW]: leave,
  [QueryIds.MUTE]: (asking) => ({ xwa2_newsletter_mute_v2: mute(asking, true) }),
  [QueryIds.UNMUTE]: (asking) => ({ xwa2_newsletter_unmute_v2: mute(asking, false) }),
  [QueryIds.UPDATE_METADATA]: update,
  [QueryIds.SUBSCRIBERS](asking) {
    const { followers } = run(asking);
    return { xwa2_newsletter_subscribers: { subscribers: followers.size } };
  },
  [QueryIds.ADMIN_COUNT](asking) {
    const { staff } = run(asking);
    return { xwa2_newsletter_admin: { admin_count: staff.size } };
  },
  [QueryIds.CHANGE_OWNER](asking) {
    const newsletter = owned(asking);
    const heir = namedAccount(asking);
    if (!newsletter.staff.has(heir)) throw new StanzaError(400, 'Bad Request');
    newsletter.staff.set(heir, 'OWNER').set(asking.account, 'ADMIN');
    return { xwa2_newsletter_change_owner: { id: newsletter.jid } };
  },
  [QueryIds.DEMOTE](asking) {
    const newsletter = owned(asking);
    const admin = namedAccount(asking);
    if (newsletter.staff.get(admin) !== 'ADMIN') throw new StanzaError(400, 'Bad Request');
    newsletter.staff.delete(admin);
    return { xwa2_newsletter_demote: { id: newsletter.jid } };
  },
  [QueryIds.DELETE](asking) {
    const newsletter = owned(asking);
    setState(asking.ctx, newsletter, 'DELETED', asking.device);
    return { xwa2_newsletter_delete_v2: { id: newsletter.jid } };
  },
};

function subscribed({ ctx, account }: Asking): object {
  const followed = ctx.newsletters.followedBy(account);
  return { xwa2_newsletter_subscribed: followed.map((each) => newsletterView(each, account)) };
}

function join(asking: Asking): object {
  const newsletter = named(asking);
  follow(asking.ctx, newsletter, asking.account, asking.device);
  return { xwa2_newsletter_join_v2: newsletterView(newsletter, asking.account) };
}

function leave(asking: Asking): object {
  const newsletter = named(asking);
  unfollow(asking.ctx, newsletter, asking.account, asking.device);
  return { xwa2_newsletter_leave_v2: { id: newsletter.jid } };
}

function declaring(asking: Asking, flags: string[]): Asking {
  if (flags.every((flag) => typeof asking.variables[flag] === 'boolean')) return asking;
  throw new StanzaError(400, 'Bad Request');
}

function create({ ctx, account, device, variables }: Asking): object {
  const { input } = variables as { input?: { name?: unknown; description?: unknown; picture?: unknown } };
  if (!hasAcceptedNewsletterTerms(account)) throw new StanzaError(403, 'Terms of service not accepted');
  const name = textIn(input?.name) ?? '';
  const description = textIn(input?.description) ?? '';
  const newsletter = createNewsletter(
    ctx,
    account,
    { name, description, picture: bytesIn(input?.picture) },
    device,
  );
  return { xwa2_newsletter_create: newsletterView(newsletter, account) };
}

function metadata({ ctx, account, variables }: Asking): object {
  const { input } = variables as { input?: { key?: unknown; type?: unknown } };
  const key = textIn(input?.key) ?? '';
  if (input?.type !== 'JID' && input?.type !== 'INVITE') throw new StanzaError(400, 'Bad Request');
  const newsletter = input.type === 'JID' ? ctx.newsletters.get(key) : ctx.newsletters.byInvite(key);
  if (!newsletter || newsletter.state === 'DELETED') throw new StanzaError(404, 'Not Found');
  return { xwa2_newsletter: newsletterView(newsletter, account) };
}

function update(asking: Asking): object {
  const { updates } = asking.variables as { updates?: Record<string, unknown> };
  const newsletter = run(asking);
  const name = textIn(updates?.name);
  const description = textIn(updates?.description);
  updateNewsletter(
    asking.ctx,
    newsletter,
    { name, description, picture: bytesIn(updates?.picture) },
    asking.device,
  );
  return { xwa2_newsletter_update: newsletterView(newsletter, asking.account) };
}

function mute(asking: Asking, muted: boolean): object {
  const newsletter = named(asking);
  const follower = newsletter.followers.get(asking.account);
  if (!follower) throw new StanzaError(403, 'Forbidden');
  follower.muted = muted;
  return { id: newsletter.jid };
}

function named({ ctx, variables }: Asking): Newsletter {
  const newsletter = ctx.newsletters.get(textIn(variables.newsletter_id));
  if (!newsletter || newsletter.state === 'DELETED') throw new StanzaError(404, 'Not Found');
  return newsletter;
}

/** The channel, for those who run it. */
function run(asking: Asking): Newsletter {
  const newsletter = named(asking);
  if (!isStaff(newsletter, asking.account)) throw new StanzaError(403, 'Forbidden');
  return newsletter;
}

function owned(asking: Asking): Newsletter {
  const newsletter = named(asking);
  if (newsletter.staff.get(asking.account) !== 'OWNER') throw new StanzaError(403, 'Forbidden');
  return newsletter;
}

function namedAccount({ ctx, variables }: Asking): Account {
  const account = ctx.directory.account(textIn(variables.user_id));
  if (!account) throw new StanzaError(404, 'Not Found');
  return account;
}

function textIn(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw new StanzaError(400, 'Bad Request');
  return value;
}

function bytesIn(value: unknown): Uint8Array | undefined {
  const base64 = textIn(value);
  if (base64 === undefined) return undefined;
  if (base64.length > MAX_PICTURE_CHARACTERS) throw new StanzaError(413, 'Payload Too Large');
  return Buffer.from(base64, 'base64');
}
