import type { DatabaseTransaction } from '../storage/queries.ts';
import type { AccountRow, InstanceRow } from '../storage/schema.ts';

/** What a new name or token of an instance is compared with. */
export type Sibling = Pick<
  InstanceRow,
  'id' | 'name' | 'token_lookup' | 'previous_token_lookup' | 'previous_token_expires_at'
>;

/** The instances of an account, as far as names and tokens are compared. */
export function siblingsOf(trx: DatabaseTransaction, accountId: string): Promise<Sibling[]> {
  return trx
    .selectFrom('instances')
    .select(['id', 'name', 'token_lookup', 'previous_token_lookup', 'previous_token_expires_at'])
    .where('account_id', '=', accountId)
    .execute();
}

/** Whether a token is in use within the account: by an instance, now or in its grace period, or by the account itself. */
export function isTokenHeld(lookup: string, account: AccountRow, siblings: Sibling[], now: number): boolean {
  const inGrace = (expiresAt: number | null) => expiresAt !== null && now < expiresAt;
  return (
    account.token_hash === lookup ||
    (account.previous_token_hash === lookup && inGrace(account.previous_token_expires_at)) ||
    siblings.some(
      (row) =>
        row.token_lookup === lookup ||
        (row.previous_token_lookup === lookup && inGrace(row.previous_token_expires_at)),
    )
  );
}
