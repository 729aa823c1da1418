import type { Clock } from '../../clock.ts';
import type { NumberCache } from '../../mailbox/number-cache.ts';
import type { Queries } from '../../storage/queries.ts';
import type { PictureOptions } from '../../whatsapp/media/outgoing/picture.ts';
import type { Session } from '../../whatsapp/session.ts';
import type { PrivacyCache } from './privacy-cache.ts';

/** What the operations on profiles and privacy settings work with. */
export interface ProfileDeps {
  db: Queries;
  clock: Clock;
  fetch: PictureOptions['fetch'];
  numbers: NumberCache;
  privacyCache: PrivacyCache;
  /** The open session of an instance; throws `instance_not_connected`. */
  sessions: {
    session(instanceId: string): Pick<Session, 'profile' | 'self' | 'lookUpNumbers' | 'phoneOf'>;
  };
}
