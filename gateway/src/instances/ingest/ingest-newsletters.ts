import type { Mailbox } from '../../mailbox/mailbox.ts';
import type { NewsletterChange } from '../../whatsapp/newsletter.ts';

/** Keeps the register of channels true. Nothing is reported: there is no event about channels. */
export async function ingestNewsletterChanges(
  { newsletters }: Mailbox,
  changes: NewsletterChange[],
): Promise<void> {
  for (const change of changes) {
    if (change.type === 'left') await newsletters.left(change.jid);
    else if (change.type === 'followed') await newsletters.store(change.newsletter, true);
    else await newsletters.store(change.newsletter);
  }
}
