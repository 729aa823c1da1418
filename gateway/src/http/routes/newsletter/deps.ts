import type { NewsletterDesk } from '../../../instances/newsletters/newsletter-desk.ts';

export interface NewsletterRouteDeps {
  newsletters: NewsletterDesk;
}
