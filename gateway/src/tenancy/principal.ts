import type { AccountRow, InstanceRow } from '../storage/schema.ts';

/** The account or instance that a token proved. A handler sees this and never a credential. */
export type Principal = (
  | { kind: 'account'; account: AccountRow }
  | { kind: 'instance'; account: AccountRow; instance: InstanceRow; viaPreviousToken: boolean }
) & {
  /** Keyed hash of the token: a WebSocket that was opened with a token ends when that token ends. */
  tokenLookup: string;
};

/** `account:<id>` or `instance:<id>`: the key of rate limits, idempotency and open sockets. A rotation keeps it. */
export function principalKey(principal: Principal): string {
  return principal.kind === 'account'
    ? `account:${principal.account.id}`
    : `instance:${principal.instance.id}`;
}
