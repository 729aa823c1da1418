import type { Clock } from '../../clock.ts';
import { Failure, failure } from '../../failure.ts';
import { Newsletters } from '../../mailbox/newsletters.ts';
import type { Queries } from '../../storage/queries.ts';
import type { InstanceRow } from '../../storage/schema.ts';
import {
  PictureFailed,
  type PictureOptions,
  pictureText,
  squarePicture,
} from '../../whatsapp/media/outgoing/picture.ts';
import { type Newsletter, type NewsletterName, newsletterJid } from '../../whatsapp/newsletter.ts';
import type { NewsletterOperations } from '../../whatsapp/ports/newsletters.ts';
import { SendFailed, type Session } from '../../whatsapp/session.ts';
import { performed } from '../operation.ts';
import type { NewsletterSync } from './newsletter-sync.ts';

const NOT_FOUND = 404;
/** From this code on the server may have done what it was asked for. */
const SERVER_TROUBLE = 500;

export interface NewsletterDeskOptions {
  db: Queries;
  clock: Clock;
  fetch: PictureOptions['fetch'];
  sessions: { session(instanceId: string): Pick<Session, 'newsletters'> };
  sync: NewsletterSync;
}

export interface NewNewsletter {
  name: string;
  description: string;
  /** URL or base64. */
  image: string | undefined;
}

/** What can be done with channels (`groups.md`, Newsletters). Throws what the contract's rows say. */
export class NewsletterDesk {
  readonly #options: NewsletterDeskOptions;

  constructor(options: NewsletterDeskOptions) {
    this.#options = options;
  }

  /** A picture that cannot be used or set does not take the channel back: `imageError` says why. */
  async create(
    instance: InstanceRow,
    { name, description, image }: NewNewsletter,
  ): Promise<{ newsletter: Newsletter; imageError: string | null }> {
    this.#connected(instance);
    const picture = image === undefined ? null : await this.#picture(image);
    const made = await this.#asked(instance, 'create newsletter', async (newsletters) => {
      const made = await createdWithTerms(newsletters, name, description);
      // WhatsApp's answer may leave out what it was told.
      return { ...made, name: made.name ?? name, description: made.description ?? description };
    });
    await this.#store(instance).store(made, true);
    if (picture === null || 'error' in picture)
      return { newsletter: made, imageError: picture?.error ?? null };
    const set = await this.#setPicture(instance, made, picture.jpeg);
    if ('error' in set) return { newsletter: made, imageError: set.error };
    return { newsletter: { ...made, pictureUrl: set.pictureUrl }, imageError: null };
  }

  /** The channels that the account follows, by name. */
  async list(instance: InstanceRow): Promise<Newsletter[]> {
    const session = this.#connected(instance);
    const all = await this.#performed('get newsletters', () =>
      this.#options.sync.followed(instance.id, session),
    );
    return all.toSorted((a, b) => (a.name ?? '').localeCompare(b.name ?? '') || (a.jid < b.jid ? -1 : 1));
  }

  async info(instance: InstanceRow, name: NewsletterName): Promise<Newsletter> {
    const found = await this.#asked(instance, 'get newsletter info', (newsletters) =>
      find(newsletters, name),
    );
    if (!found) {
      throw failure('field_invalid', { text: 'newsletter not found or no metadata returned' });
    }
    return found;
  }

  /** Follows; a private channel may have to let the account in first. Resolves with the channel's JID. */
  async join(instance: InstanceRow, name: NewsletterName): Promise<string> {
    const found = await this.#asked(instance, 'follow newsletter', async (newsletters) => {
      const found = await find(newsletters, name);
      if (found) await newsletters.follow(found.jid);
      return found;
    });
    if (!found) throw failure('field_invalid', { text: 'newsletter not found' });
    await this.#store(instance).store(found);
    return found.jid;
  }

  async leave(instance: InstanceRow, name: NewsletterName): Promise<string> {
    const jid = await this.#asked(instance, 'leave newsletter', async (newsletters) => {
      const jid = name.kind === 'jid' ? name.jid : (await find(newsletters, name))?.jid;
      if (!jid) throw new SendFailed({ kind: 'refused', code: NOT_FOUND, text: 'not found' });
      await newsletters.unfollow(jid).catch(notFollowed);
      return jid;
    });
    await this.#store(instance).left(jid);
    return jid;
  }

  async #picture(source: string): Promise<{ jpeg: Uint8Array } | { error: string }> {
    try {
      return { jpeg: await squarePicture(source, { fetch: this.#options.fetch, rawBase64: true }) };
    } catch (error) {
      if (error instanceof PictureFailed) return { error: pictureText(error.problem, 'image') };
      throw error;
    }
  }

  async #setPicture(
    instance: InstanceRow,
    { jid }: Newsletter,
    jpeg: Uint8Array,
  ): Promise<{ pictureUrl: string | null } | { error: string }> {
    try {
      const { newsletters } = this.#connected(instance);
      await newsletters.setPicture(jid, jpeg);
      const changed = await newsletters.find({ jid });
      if (changed) await this.#store(instance).store(changed);
      return { pictureUrl: changed?.pictureUrl ?? null };
    } catch (error) {
      return { error: `WhatsApp refused the image: ${refusal(error)}` };
    }
  }

  #asked<T>(
    instance: InstanceRow,
    operation: string,
    ask: (of: NewsletterOperations) => Promise<T>,
  ): Promise<T> {
    const { newsletters } = this.#connected(instance);
    return this.#performed(operation, () => ask(newsletters));
  }

  async #performed<T>(operation: string, work: () => Promise<T>): Promise<T> {
    try {
      return await performed(this.#options.clock, operation, work);
    } catch (error) {
      throw asOffline(error);
    }
  }

  #connected(instance: InstanceRow): Pick<Session, 'newsletters'> {
    try {
      return this.#options.sessions.session(instance.id);
    } catch (error) {
      throw asOffline(error);
    }
  }

  #store({ id }: InstanceRow): Newsletters {
    return new Newsletters(this.#options.db, id, this.#options.clock.now());
  }
}

/**
 * WhatsApp wants its terms for channels accepted before the first one. A refusal made nothing, so the second try
 * cannot make a second channel; silence and trouble of the server might, and are not tried again.
 */
async function createdWithTerms(
  newsletters: NewsletterOperations,
  name: string,
  description: string,
): Promise<Newsletter> {
  try {
    return await newsletters.create(name, description);
  } catch (error) {
    const refused = error instanceof SendFailed && error.reason.kind === 'refused' ? error.reason : null;
    if (!refused || refused.code >= SERVER_TROUBLE) throw error;
    await newsletters.acceptTerms();
    return newsletters.create(name, description);
  }
}

/** Digits are the id of a JID, and an invite code when WhatsApp does not know that. */
async function find(newsletters: NewsletterOperations, name: NewsletterName): Promise<Newsletter | null> {
  switch (name.kind) {
    case 'jid':
      return newsletters.find({ jid: name.jid });
    case 'invite':
      return newsletters.find({ invite: name.code });
    case 'digits': {
      const byJid = await newsletters.find({ jid: newsletterJid(name.digits) });
      return byJid ?? newsletters.find({ invite: name.digits });
    }
  }
}

function notFollowed(error: unknown): never {
  const refused = error instanceof SendFailed && error.reason.kind === 'refused' ? error.reason : null;
  if (refused?.code !== NOT_FOUND) throw error;
  throw new SendFailed({ ...refused, text: 'not found' }, { cause: error });
}

function refusal(error: unknown): string {
  if (!(error instanceof SendFailed)) throw error;
  const { reason } = error;
  if (reason.kind === 'refused') return reason.text ?? `code ${reason.code}`;
  return reason.kind === 'failed' ? reason.text : reason.kind.replaceAll('_', ' ');
}

/** The channel routes answer 400 where others answer 503. */
function asOffline(error: unknown): unknown {
  const offline = error instanceof Failure && error.code === 'instance_not_connected';
  return offline ? failure('instance_offline', undefined, error) : error;
}
