import { Newsletters } from '../../mailbox/newsletters.ts';
import type { InstanceRow } from '../../storage/schema.ts';
import type { Session } from '../../whatsapp/session.ts';
import { askWithinAMinute, failedTo } from '../ask-whatsapp.ts';
import { offlineAs400 } from '../offline-as-400.ts';
import type { NewsletterDeps } from './deps.ts';

/** Runs what an operation asks of WhatsApp about channels; without a connection it fails with `instance_offline`. */
export function askNewsletters<T>(
  instance: InstanceRow,
  operation: string,
  deps: NewsletterDeps,
  ask: (session: Pick<Session, 'newsletters'>) => Promise<T>,
): Promise<T> {
  return offlineAs400(async () => {
    const session = deps.sessions.session(instance.id);
    return askWithinAMinute(deps.clock, failedTo(operation), () => ask(session));
  });
}

/** The channels that are stored of an instance. */
export function storedNewsletters({ id }: InstanceRow, { db, clock }: NewsletterDeps): Newsletters {
  return new Newsletters(db, id, clock.now());
}
