import type { InstanceRow } from '../../storage/schema.ts';
import type { WhatsAppError } from '../../whatsapp/errors.ts';
import type { Newsletter } from '../../whatsapp/newsletter.ts';
import type { NewsletterOperations } from '../../whatsapp/ports/newsletters.ts';
import { SendFailed } from '../../whatsapp/session.ts';
import { offlineAs400 } from '../offline-as-400.ts';
import { pictureRefused, readPicture } from '../picture.ts';
import { askNewsletters, storedNewsletters } from './ask-newsletters.ts';
import type { NewsletterDeps } from './deps.ts';

/** From this code on the server may have done what it was asked for. */
const SERVER_ERROR = 500;

export interface NewNewsletter {
  name: string;
  description: string;
  /** URL or base64. */
  image: string | undefined;
}

export interface CreatedNewsletter {
  newsletter: Newsletter;
  /** Why the picture was not set: the channel is created all the same. */
  imageError: WhatsAppError | null;
}

/** Creates a channel, with a picture when one is given. */
export function createNewsletter(
  instance: InstanceRow,
  { name, description, image }: NewNewsletter,
  deps: NewsletterDeps,
): Promise<CreatedNewsletter> {
  return offlineAs400(async () => {
    deps.sessions.session(instance.id); // without a connection nothing is downloaded
    const picture = image === undefined ? null : await readPicture(image, deps.fetch);
    const created = await askNewsletters(instance, 'create newsletter', deps, async ({ newsletters }) => {
      const created = await createAcceptingTerms(newsletters, name, description);
      // WhatsApp's answer may leave out what the request had.
      return { ...created, name: created.name ?? name, description: created.description ?? description };
    });
    await storedNewsletters(instance, deps).store(created, true);
    if (picture === null) return { newsletter: created, imageError: null };
    if ('error' in picture) return { newsletter: created, imageError: picture.error };
    return setPicture(instance, { newsletter: created, jpeg: picture.jpeg }, deps);
  });
}

/**
 * WhatsApp wants its terms for channels accepted before the first one. A refusal created nothing, so the second try
 * cannot create a second channel; after silence or an error of the server it could, so there is none.
 */
async function createAcceptingTerms(
  newsletters: NewsletterOperations,
  name: string,
  description: string,
): Promise<Newsletter> {
  try {
    return await newsletters.create(name, description);
  } catch (error) {
    const refused = error instanceof SendFailed && error.reason.kind === 'refused' ? error.reason : null;
    if (!refused || refused.code >= SERVER_ERROR) throw error;
    await newsletters.acceptTerms();
    return newsletters.create(name, description);
  }
}

async function setPicture(
  instance: InstanceRow,
  { newsletter, jpeg }: { newsletter: Newsletter; jpeg: Uint8Array },
  deps: NewsletterDeps,
): Promise<CreatedNewsletter> {
  const { jid } = newsletter;
  try {
    const { newsletters } = deps.sessions.session(instance.id);
    await newsletters.setPicture(jid, jpeg);
    const changed = await newsletters.find({ jid });
    if (changed) await storedNewsletters(instance, deps).store(changed);
    return { newsletter: { ...newsletter, pictureUrl: changed?.pictureUrl ?? null }, imageError: null };
  } catch (error) {
    return { newsletter, imageError: pictureRefused(error) };
  }
}
