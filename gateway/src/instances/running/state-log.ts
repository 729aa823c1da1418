import { type Clock, timestamp } from '../../clock.ts';
import type { Outbox } from '../../events/outbox.ts';
import type { DatabaseTransaction, Queries } from '../../storage/queries.ts';
import type { InstanceTable } from '../../storage/schema/tenancy.ts';
import type { InstanceRow } from '../../storage/schema.ts';
import type { StateReport } from './after-close.ts';

type LinkColumns = Partial<
  Pick<
    InstanceTable,
    | 'desired'
    | 'link'
    | 'number_jid'
    | 'lid'
    | 'profile_name'
    | 'is_business'
    | 'business_name'
    | 'temp_banned_until'
    | 'history_days'
  >
>;

/** Columns and events of an instance's connection: what is stored and what is reported are one commit. */
export interface StateLog {
  /** `instance.state`, together with what else has to be durable at that moment. */
  report(
    instanceId: string,
    report: Partial<StateReport> & { state: string; codes?: string[] },
    changes?: LinkColumns,
    also?: (trx: DatabaseTransaction) => Promise<void>,
  ): Promise<void>;
  change(instanceId: string, changes: LinkColumns): Promise<void>;
  instance(instanceId: string): Promise<InstanceRow | undefined>;
}

export function createStateLog({
  db,
  outbox,
  clock,
}: {
  db: Queries;
  outbox: Outbox;
  clock: Clock;
}): StateLog {
  return {
    report(instanceId, { state, reason, code, expiresAt, codes }, changes, also) {
      return outbox.transaction(instanceId, async (trx, emit) => {
        if (changes) await trx.updateTable('instances').set(changes).where('id', '=', instanceId).execute();
        await also?.(trx);
        const instance = await trx
          .selectFrom('instances')
          .select(['name', 'number_jid'])
          .where('id', '=', instanceId)
          .executeTakeFirst();
        // Deleted meanwhile: its events have no receiver any more.
        if (!instance) return;
        const data = {
          state,
          status: state,
          instance: instance.name,
          jid: instance.number_jid,
          timestamp: timestamp(clock.now()),
          codes: codes ?? [],
          reason: reason ?? null,
          code: code ?? null,
          expiresAt: expiresAt ? timestamp(expiresAt) : null,
        };
        await emit({ kind: 'instance.state', lane: null, dedupeKey: null, data });
      });
    },
    async change(instanceId, changes) {
      await db.updateTable('instances').set(changes).where('id', '=', instanceId).execute();
    },
    instance: (instanceId) =>
      db.selectFrom('instances').selectAll().where('id', '=', instanceId).executeTakeFirst(),
  };
}
