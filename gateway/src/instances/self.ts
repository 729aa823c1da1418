import { failure } from '../failure.ts';
import type { InstanceRow } from '../storage/schema.ts';
import type { Self } from '../whatsapp/session.ts';

type Linked = Pick<InstanceRow, 'number_jid' | 'lid' | 'profile_name'>;

/** The account that an instance is linked to; null before it was linked. */
export function selfOf({ number_jid: jid, lid, profile_name: name }: Linked): Self | null {
  return jid ? { jid, lid, name } : null;
}

/** The same, for what only a linked instance can do. */
export function linkedSelf(instance: Linked): Self {
  const self = selfOf(instance);
  if (!self) throw failure('instance_not_connected');
  return self;
}
