import { InstanceRecords } from '../instances/records.ts';
import { removeInstance } from '../instances/remove-instance.ts';
import type { AccessWatcher } from '../tenancy/access-watcher.ts';
import { Accounts } from '../tenancy/accounts.ts';
import type { Base } from './base.ts';
import type { Events } from './events.ts';
import type { Sessions } from './sessions.ts';

/** Accounts and instances as records, and what is notified of their changes. */
export interface Tenants {
  watcher: AccessWatcher;
  records: InstanceRecords;
  accounts: Accounts;
}

export function createTenants(
  { config, db, seal, clock, lookup }: Base,
  { channels, hub }: Events,
  { supervisor, media, numbers }: Sessions,
): Tenants {
  const watcher: AccessWatcher = {
    tokenEnded: (principal, tokenLookup, at) => hub.tokenEnded(principal, tokenLookup, at),
    async accountSuspended(accountId) {
      hub.accountSuspended(accountId);
      await supervisor.accountSuspended();
    },
    accountResumed: () => supervisor.accountResumed(),
    instanceChanged: (instanceId) => channels.changed(instanceId),
    instanceDeleted(instanceId) {
      channels.changed(instanceId);
      numbers.forget(instanceId);
      hub.instanceDeleted(instanceId);
      void media.instanceDeleted(instanceId);
    },
  };
  const records = new InstanceRecords({ db, seal, clock, lookup, watcher });
  const accounts = new Accounts({
    db,
    clock,
    lookup,
    watcher,
    rateLimitPerMinute: config.rateLimitPerMinute,
    removeInstance: (instance) => removeInstance(instance, { records, supervisor }),
  });
  return { watcher, records, accounts };
}
