import type { NewsletterDesk } from '../../../instances/newsletter-desk.ts';

export interface NewsletterRouteDeps {
  newsletters: NewsletterDesk;
}
