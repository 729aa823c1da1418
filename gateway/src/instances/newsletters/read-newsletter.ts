import { failure } from '../../failure.ts';
import type { InstanceRow } from '../../storage/schema.ts';
import type { Newsletter, NewsletterName } from '../../whatsapp/newsletter.ts';
import { askNewsletters } from './ask-newsletters.ts';
import type { NewsletterDeps } from './deps.ts';
import { findNewsletter } from './find-newsletter.ts';

/** One channel, also when the account does not follow it. */
export async function readNewsletter(
  instance: InstanceRow,
  name: NewsletterName,
  deps: NewsletterDeps,
): Promise<Newsletter> {
  const found = await askNewsletters(instance, 'get newsletter info', deps, ({ newsletters }) =>
    findNewsletter(newsletters, name),
  );
  if (!found) throw failure('field_invalid', { text: 'newsletter not found or no metadata returned' });
  return found;
}
