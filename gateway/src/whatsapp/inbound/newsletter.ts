import { z } from 'zod';
import { parseJid } from '../jid.ts';
import type { Newsletter, NewsletterChange, NewsletterRole } from '../newsletter.ts';
import { type BinaryNode, getBinaryNodeChildren } from '../proto.ts';

const PICTURES = 'https://pps.whatsapp.net';
/** WhatsApp's states of a channel that is not there (any more). */
const GONE = new Set(['deleted', 'non_existing']);
const ROLES: Record<string, NewsletterRole> = {
  OWNER: 'owner',
  ADMIN: 'admin',
  SUBSCRIBER: 'subscriber',
  GUEST: 'guest',
};

/** What is missing or of another shape is null: WhatsApp changes these answers without notice. */
const maybe = <S extends z.ZodType>(schema: S) => schema.nullish().catch(null);

const text = maybe(z.object({ text: z.string() }));
const picture = maybe(z.object({ direct_path: z.string() }));
const answer = z.object({
  id: z.string(),
  state: maybe(z.object({ type: z.string() })),
  thread_metadata: maybe(
    z.object({
      name: text,
      description: text,
      invite: maybe(z.string()),
      subscribers_count: maybe(z.coerce.number().int().nonnegative()),
      picture,
      preview: picture,
    }),
  ),
  viewer_metadata: maybe(z.object({ role: maybe(z.string()) })),
});

/** Reads a channel as GraphQL answers it; null when it is none, or one that is no more. */
export function readNewsletter(value: unknown): Newsletter | null {
  const { data } = answer.safeParse(value);
  const jid = parseJid(data?.id);
  const state = data?.state?.type.toLowerCase() ?? null;
  if (!data || jid?.kind !== 'newsletter' || (state && GONE.has(state))) return null;
  const thread = data.thread_metadata;
  const path = thread?.picture?.direct_path || thread?.preview?.direct_path;
  return {
    jid: jid.jid,
    state,
    name: thread?.name?.text ?? null,
    description: thread?.description?.text ?? null,
    invite: thread?.invite ?? null,
    subscribers: thread?.subscribers_count ?? null,
    pictureUrl: path ? PICTURES + path : null,
    role: ROLES[data.viewer_metadata?.role ?? ''] ?? null,
  };
}

/** What a `mex` notification says of channels; nothing when it is about something else. */
export function readNewsletterChanges(node: BinaryNode): NewsletterChange[] {
  if (node.attrs.type !== 'mex') return [];
  return getBinaryNodeChildren(node, 'update').flatMap((update) => changeIn(update) ?? []);
}

function changeIn({ content }: BinaryNode): NewsletterChange | null {
  const data = dataIn(content);
  const joined = readNewsletter(data?.xwa2_notify_newsletter_on_join);
  if (joined) return { type: 'followed', newsletter: joined };
  const left = parseJid((data?.xwa2_notify_newsletter_on_leave as { id?: string } | undefined)?.id);
  if (left?.kind === 'newsletter') return { type: 'left', jid: left.jid };
  const described =
    data?.xwa2_notify_newsletter_on_metadata_update ?? data?.xwa2_notify_newsletter_on_state_change;
  const newsletter = readNewsletter(described);
  return newsletter && { type: 'changed', newsletter };
}

function dataIn(content: BinaryNode['content']): Record<string, unknown> | null {
  if (content === undefined || Array.isArray(content)) return null;
  try {
    const { data } = JSON.parse(Buffer.from(content).toString()) as { data?: Record<string, unknown> };
    return data ?? null;
  } catch {
    return null; // not JSON: some other notification
  }
}
