import type { InstanceRow } from '../../storage/schema.ts';
import type { NewsletterName } from '../../whatsapp/newsletter.ts';
import { SendFailed } from '../../whatsapp/session.ts';
import { refusalCode } from '../refusal.ts';
import { askNewsletters, storedNewsletters } from './ask-newsletters.ts';
import type { NewsletterDeps } from './deps.ts';
import { findNewsletter } from './find-newsletter.ts';

const NOT_FOUND = 404;

/** Unfollows a channel; resolves with its JID. */
export async function leaveNewsletter(
  instance: InstanceRow,
  name: NewsletterName,
  deps: NewsletterDeps,
): Promise<string> {
  const jid = await askNewsletters(instance, 'leave newsletter', deps, async ({ newsletters }) => {
    const jid = name.kind === 'jid' ? name.jid : (await findNewsletter(newsletters, name))?.jid;
    if (!jid) throw notFound();
    await newsletters.unfollow(jid).catch((error: unknown) => {
      throw refusalCode(error, [NOT_FOUND]) === null ? error : notFound(error);
    });
    return jid;
  });
  await storedNewsletters(instance, deps).left(jid);
  return jid;
}

/** A channel that is not there, or that the account does not follow: its public reason is the same. */
function notFound(cause?: unknown): SendFailed {
  return new SendFailed({ kind: 'refused', code: NOT_FOUND, text: 'not found' }, { cause });
}
