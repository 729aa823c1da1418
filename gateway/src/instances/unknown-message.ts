import { type Failure, failure } from '../failure.ts';
import type { Queries } from '../storage/queries.ts';
import type { Principal } from '../tenancy/principal.ts';

/**
 * The failure for a message that the instance does not have. Only a principal that owns every instance of the account
 * learns that another instance has it.
 */
export async function unknownMessage(principal: Principal, messageId: string, db: Queries): Promise<Failure> {
  if (principal.kind !== 'account') return failure('message_unknown');
  const elsewhere = await db
    .selectFrom('messages')
    .innerJoin('instances', 'instances.id', 'messages.instance_id')
    .select('messages.instance_id')
    .where('instances.account_id', '=', principal.account.id)
    .where('messages.message_id', '=', messageId)
    .limit(1)
    .executeTakeFirst();
  return failure(elsewhere ? 'message_elsewhere' : 'message_unknown');
}
