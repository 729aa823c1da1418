import type { InstanceRow } from '../../storage/schema.ts';
import type { Newsletter } from '../../whatsapp/newsletter.ts';
import { askNewsletters } from './ask-newsletters.ts';
import type { NewsletterDeps } from './deps.ts';

/** The channels that the account follows, by name. */
export async function listNewsletters(instance: InstanceRow, deps: NewsletterDeps): Promise<Newsletter[]> {
  const all = await askNewsletters(instance, 'get newsletters', deps, (session) =>
    deps.newsletterSync.followed(instance.id, session),
  );
  return all.toSorted((a, b) => (a.name ?? '').localeCompare(b.name ?? '') || (a.jid < b.jid ? -1 : 1));
}
