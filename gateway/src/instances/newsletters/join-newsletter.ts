import { failure } from '../../failure.ts';
import type { InstanceRow } from '../../storage/schema.ts';
import type { NewsletterName } from '../../whatsapp/newsletter.ts';
import { askNewsletters, storedNewsletters } from './ask-newsletters.ts';
import type { NewsletterDeps } from './deps.ts';
import { findNewsletter } from './find-newsletter.ts';

/** Follows a channel; a private one may have to admit the account first. Resolves with the channel's JID. */
export async function joinNewsletter(
  instance: InstanceRow,
  name: NewsletterName,
  deps: NewsletterDeps,
): Promise<string> {
  const found = await askNewsletters(instance, 'follow newsletter', deps, async ({ newsletters }) => {
    const found = await findNewsletter(newsletters, name);
    if (found) await newsletters.follow(found.jid);
    return found;
  });
  if (!found) throw failure('field_invalid', { text: 'newsletter not found' });
  await storedNewsletters(instance, deps).store(found);
  return found.jid;
}
