import type { Phones } from '../phones/directory.ts';
import type { ServerContext } from '../server/context.ts';
import { MAX_DESCRIPTION, MAX_NAME, makeInvite, type Newsletter } from '../server/model/newsletters.ts';
import {
  approve,
  createNewsletter,
  follow,
  setState,
  unfollow,
  updateNewsletter,
} from '../server/newsletters/changes.ts';
import { acceptNewsletterTerms } from '../server/newsletters/terms.ts';
import { isNewsletterJid } from '../wire/jid.ts';
import { optionalChoice, optionalFlag, optionalText, text } from './fields.ts';
import { ControlError, type Route } from './http.ts';
import { phoneOf } from './phones.ts';

const STATES = ['ACTIVE', 'SUSPENDED', 'GEOSUSPENDED', 'DELETED'] as const;

export function newsletterOf(ctx: ServerContext, jid: string): Newsletter {
  const newsletter = ctx.newsletters.get(jid);
  if (!newsletter) throw new ControlError(404, `there is no channel ${jid}`);
  return newsletter;
}

/** Channels: made by a phone, which runs them, and followed by others. */
export function newsletterRoutes(ctx: ServerContext, phones: Phones): Route[] {
  return [
    {
      method: 'POST',
      path: '/control/newsletters',
      handle: ({ body }) => {
        const owner = phoneOf(phones, text(body, 'owner', 40)).account;
        const jid = optionalText(body, 'jid', 40);
        if (jid !== undefined && (!isNewsletterJid(jid) || ctx.newsletters.get(jid))) {
          throw new ControlError(409, `${jid} cannot be had`);
        }
        acceptNewsletterTerms(owner);
        const fields = {
          name: text(body, 'name', MAX_NAME),
          description: optionalText(body, 'description', MAX_DESCRIPTION) ?? '',
          picture: base64(optionalText(body, 'picture')),
          invite: optionalText(body, 'invite', 64),
          isPrivate: optionalFlag(body, 'private'),
          jid,
        };
        return describe(createNewsletter(ctx, owner, fields));
      },
    },
    {
      method: 'GET',
      path: '/control/newsletters',
      handle: () => ({ newsletters: [...ctx.newsletters.all()].map(describe) }),
    },
    {
      method: 'POST',
      path: '/control/newsletters/:jid',
      handle: ({ params, body }) => {
        const newsletter = newsletterOf(ctx, params.jid ?? '');
        const state = optionalChoice(body, 'state', STATES);
        const name = optionalText(body, 'name', MAX_NAME);
        const description = optionalText(body, 'description', MAX_DESCRIPTION);
        const picture = base64(optionalText(body, 'picture'));
        const admin = optionalText(body, 'admin', 40);
        if (admin) newsletter.staff.set(phoneOf(phones, admin).account, 'ADMIN');
        if (optionalFlag(body, 'revokeInvite')) newsletter.invite = makeInvite();
        if (name !== undefined || description !== undefined || picture) {
          updateNewsletter(ctx, newsletter, { name, description, picture });
        }
        if (state) setState(ctx, newsletter, state);
        return describe(newsletter);
      },
    },
    {
      method: 'POST',
      path: '/control/newsletters/:jid/followers',
      handle: ({ params, body }) => {
        const newsletter = newsletterOf(ctx, params.jid ?? '');
        const account = (field: string) => {
          const number = optionalText(body, field, 40);
          return number === undefined ? undefined : phoneOf(phones, number).account;
        };
        const [added, removed, approved] = [account('add'), account('remove'), account('approve')];
        if (added) follow(ctx, newsletter, added);
        if (removed) unfollow(ctx, newsletter, removed);
        if (approved) approve(ctx, newsletter, approved);
        return describe(newsletter);
      },
    },
  ];
}

function base64(text: string | undefined): Uint8Array | undefined {
  return text === undefined ? undefined : Buffer.from(text, 'base64');
}

function describe(newsletter: Newsletter) {
  const { jid, invite, name, description, state, picture, staff, followers, applicants, posts } = newsletter;
  return {
    jid,
    invite,
    name,
    description,
    state,
    hasPicture: picture !== undefined,
    staff: Object.fromEntries([...staff].map(([account, role]) => [account.number, role])),
    followers: [...followers.keys()].map(({ number }) => number),
    applicants: [...applicants].map(({ number }) => number),
    posts: posts.map(({ id, serverId, viewers, reactions }) => ({
      id,
      serverId,
      views: viewers.size,
      reactions: [...reactions.values()],
    })),
  };
}
