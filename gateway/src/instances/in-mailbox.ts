import type { Clock } from '../clock.ts';
import type { Outbox } from '../events/outbox.ts';
import { Mailbox } from '../mailbox/mailbox.ts';
import type { InstanceRow } from '../storage/schema.ts';
import { linkedSelf } from './self.ts';

/** Runs `work` in a transaction on the mailbox of a linked instance; the events that it emits are part of the commit. */
export function inMailbox<T>(
  { outbox, clock }: { outbox: Outbox; clock: Clock },
  instance: InstanceRow,
  work: (mailbox: Mailbox) => Promise<T>,
): Promise<T> {
  const self = linkedSelf(instance);
  return outbox.transaction(instance.id, (trx, emit) =>
    work(new Mailbox({ trx, emit, instanceId: instance.id, self, now: clock.now() })),
  );
}
