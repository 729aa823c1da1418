import { type BinaryNode, getBinaryNodeChild, QueryIds } from 'baileys';
import { readNewsletter } from '../../inbound/newsletter.ts';
import type { Newsletter } from '../../newsletter.ts';
import type { NewsletterOperations } from '../../ports/newsletters.ts';
import { SendFailed } from '../../session.ts';
import { type Asking, ask } from '../ask.ts';
import { isRefusal } from '../query-failure.ts';

/** WhatsApp Web's stored query for the channels of an account; it declares no variables. Baileys has no call for it. */
const SUBSCRIBED_QUERY_ID = '6388546374527196';
/** The notice about making channels, and the stage that means that it was accepted. */
const TERMS = { id: '20601218', stage: '5' };
const NOT_FOUND = 404;
const THROTTLED = 429;

/**
 * `NewsletterOperations` in WhatsApp's own queries. Baileys' `newsletterCreate` throws when a new channel has no
 * picture, after it was made: a caller that repeats the call has two.
 */
export class BaileysNewsletters implements NewsletterOperations {
  readonly #asking: Asking;

  constructor(asking: Asking) {
    this.#asking = asking;
  }

  async create(name: string, description: string): Promise<Newsletter> {
    const input = { name, description: description || null };
    const { xwa2_newsletter_create: made } = await this.#mex(QueryIds.CREATE, { input });
    const newsletter = readNewsletter(made);
    if (!newsletter) throw new SendFailed({ kind: 'failed', text: 'the answer names no channel' });
    return newsletter;
  }

  async acceptTerms(): Promise<void> {
    await ask(this.#asking, { xmlns: 'tos', type: 'set', content: [{ tag: 'notice', attrs: TERMS }] });
  }

  async find(key: { jid: string } | { invite: string }): Promise<Newsletter | null> {
    const input = 'jid' in key ? { key: key.jid, type: 'JID' } : { key: key.invite, type: 'INVITE' };
    const fetching = { fetch_creation_time: true, fetch_full_image: true, fetch_viewer_metadata: true };
    try {
      return readNewsletter((await this.#mex(QueryIds.METADATA, { ...fetching, input })).xwa2_newsletter);
    } catch (error) {
      if (isRefusal(error, NOT_FOUND)) return null;
      throw error;
    }
  }

  async followed(): Promise<Newsletter[]> {
    const { xwa2_newsletter_subscribed: all } = await this.#mex(SUBSCRIBED_QUERY_ID, {});
    if (!Array.isArray(all)) throw new SendFailed({ kind: 'failed', text: 'the answer has no channels' });
    return all.flatMap((each) => readNewsletter(each) ?? []);
  }

  async follow(jid: string): Promise<void> {
    await this.#mex(QueryIds.FOLLOW, { newsletter_id: jid });
  }

  async unfollow(jid: string): Promise<void> {
    await this.#mex(QueryIds.UNFOLLOW, { newsletter_id: jid });
  }

  async setPicture(jid: string, jpeg: Uint8Array): Promise<void> {
    const updates = { picture: Buffer.from(jpeg).toString('base64'), settings: null };
    await this.#mex(QueryIds.UPDATE_METADATA, { newsletter_id: jid, updates });
  }

  /** GraphQL under the id of a stored query; what it refuses comes as a result with `errors`. */
  async #mex(queryId: string, variables: object): Promise<Record<string, unknown>> {
    const query = {
      tag: 'query',
      attrs: { query_id: queryId },
      content: Buffer.from(JSON.stringify({ variables })),
    };
    const answer = await ask(this.#asking, { xmlns: 'w:mex', type: 'get', content: [query] });
    const result = getBinaryNodeChild(answer, 'result')?.content;
    const { data, errors } = parsed(result);
    const [error] = errors ?? [];
    if (!error) return data ?? {};
    const code = Number(error.extensions?.error_code) || 0;
    const text = error.message || `code ${code}`;
    throw new SendFailed(code === THROTTLED ? { kind: 'throttled' } : { kind: 'refused', code, text });
  }
}

interface Result {
  data?: Record<string, unknown> | null;
  errors?: { message?: string; extensions?: { error_code?: unknown } }[];
}

function parsed(content: BinaryNode['content']): Result {
  try {
    if (content !== undefined && !Array.isArray(content)) return JSON.parse(Buffer.from(content).toString());
  } catch (error) {
    throw new SendFailed({ kind: 'failed', text: 'the answer is not JSON' }, { cause: error });
  }
  throw new SendFailed({ kind: 'failed', text: 'the answer is empty' });
}
