import type { NewsletterDesk } from '../../../instances/newsletters.ts';

export interface NewsletterRouteDeps {
  newsletters: NewsletterDesk;
}
