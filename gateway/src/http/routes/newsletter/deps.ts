export type { NewsletterDeps as NewsletterRouteDeps } from '../../../instances/newsletters/deps.ts';
