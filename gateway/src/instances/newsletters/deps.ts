import type { Clock } from '../../clock.ts';
import type { Queries } from '../../storage/queries.ts';
import type { PictureOptions } from '../../whatsapp/media/outgoing/picture.ts';
import type { Session } from '../../whatsapp/session.ts';
import type { NewsletterSync } from './newsletter-sync.ts';

/** What the operations on channels work with. */
export interface NewsletterDeps {
  db: Queries;
  clock: Clock;
  fetch: PictureOptions['fetch'];
  newsletterSync: NewsletterSync;
  /** The open session of an instance; throws `instance_not_connected`. */
  sessions: { session(instanceId: string): Pick<Session, 'newsletters'> };
}
