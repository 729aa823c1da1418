import { type Newsletter, type NewsletterName, newsletterJid } from '../../whatsapp/newsletter.ts';
import type { NewsletterOperations } from '../../whatsapp/ports/newsletters.ts';

/** The channel with a name; null when there is none. Throws `SendFailed`. */
export async function findNewsletter(
  newsletters: NewsletterOperations,
  name: NewsletterName,
): Promise<Newsletter | null> {
  switch (name.kind) {
    case 'jid':
      return newsletters.find({ jid: name.jid });
    case 'invite':
      return newsletters.find({ invite: name.code });
    case 'digits': {
      // Digits are the id of a JID, and an invite code when WhatsApp does not know that id.
      const byJid = await newsletters.find({ jid: newsletterJid(name.digits) });
      return byJid ?? newsletters.find({ invite: name.digits });
    }
  }
}
