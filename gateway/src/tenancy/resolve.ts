import type { AccountRow, InstanceRow } from '../storage/schema.ts';
import type { Principal } from './principal.ts';

/** An instance whose current or previous token has the hash that is looked for. */
export interface Holder {
  instance: InstanceRow;
  account: AccountRow;
}

/**
 * The account that a TokenAccount opens: its current token, or the previous one in its grace period. A suspended
 * account is treated as unknown.
 */
export function accountOf(accounts: AccountRow[], lookup: string, now: number): Principal | null {
  const account = accounts.find(
    (row) =>
      row.suspended === 0 &&
      (row.token_hash === lookup || (row.previous_token_hash === lookup && isInGrace(row, now))),
  );
  return account ? { kind: 'account', account, tokenLookup: lookup } : null;
}

/**
 * The instance that a TokenInstance opens. Instances of several accounts may have the same chosen value; then the name
 * in the path decides, and a path without exactly one name is refused.
 */
export function instanceOf(
  holders: Holder[],
  lookup: string,
  name: string | null,
  now: number,
): Principal | null {
  const valid = holders.filter(
    ({ account, instance }) =>
      account.suspended === 0 &&
      (instance.token_lookup === lookup ||
        (instance.previous_token_lookup === lookup && isInGrace(instance, now))),
  );
  const [holder, ...others] = valid.length > 1 ? valid.filter((h) => h.instance.name === name) : valid;
  if (!holder || others.length > 0) return null;
  const viaPreviousToken = holder.instance.token_lookup !== lookup;
  return { kind: 'instance', ...holder, viaPreviousToken, tokenLookup: lookup };
}

function isInGrace(
  { previous_token_expires_at: expiry }: { previous_token_expires_at: number | null },
  now: number,
) {
  return expiry !== null && now < expiry;
}
