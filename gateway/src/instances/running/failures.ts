import { Failure, failure } from '../../failure.ts';

/** Why a generation or an attempt ended: a reason that each waiting call puts into its own words, or a failure as it is. */
export type Why = Failure | string;

export const CONNECTION_CLOSED = 'the connection was closed';

/** What a call that waits for a pairing is answered. */
export function connectFailed(why: unknown): Failure {
  return inWords('Failed to connect', why);
}

/** What a call that waits for a reconnect is answered. */
export function reconnectFailed(why: unknown): Failure {
  return inWords('Failed to reconnect', why);
}

function inWords(what: string, why: unknown): Failure {
  if (why instanceof Failure) return why;
  const reason = why instanceof Error ? why.message : String(why);
  return failure('operation_failed', { text: `${what}: ${reason}` }, why instanceof Error ? why : undefined);
}
