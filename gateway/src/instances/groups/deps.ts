import type { Clock } from '../../clock.ts';
import { Groups } from '../../mailbox/groups.ts';
import type { NumberCache } from '../../mailbox/number-cache.ts';
import type { Queries } from '../../storage/queries.ts';
import type { InstanceRow } from '../../storage/schema.ts';
import type { PictureOptions } from '../../whatsapp/media/outgoing/picture.ts';
import type { Session } from '../../whatsapp/session.ts';
import type { GroupSync } from './group-sync.ts';

/** What the operations on groups and communities work with. */
export interface GroupDeps {
  db: Queries;
  clock: Clock;
  fetch: PictureOptions['fetch'];
  numbers: NumberCache;
  groupSync: GroupSync;
  /** The open session of an instance; throws `instance_not_connected`. */
  sessions: { session(instanceId: string): Session };
}

/** The groups that are stored of an instance: those that it is in. */
export function storedGroups({ id }: InstanceRow, { db, clock }: Pick<GroupDeps, 'db' | 'clock'>): Groups {
  return new Groups(db, id, clock.now());
}
