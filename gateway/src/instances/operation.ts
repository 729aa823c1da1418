import type { Clock } from '../clock.ts';
import { Failure, failure } from '../failure.ts';
import { SendFailed } from '../whatsapp/session.ts';

const DEADLINE_MS = 60_000;

/**
 * Runs what an operation asks of WhatsApp, within a minute. What goes wrong is told as the contract says
 * (`chat.md`, E1): `failed to <operation>: <reason>`, unless the connection is gone or WhatsApp throttles.
 */
export function performed<T>(clock: Clock, operation: string, work: () => Promise<T>): Promise<T> {
  return attempted(clock, `failed to ${operation}`, work);
}

/** The same under another text than `failed to …`. */
export async function attempted<T>(clock: Clock, text: string, work: () => Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const cancel = clock.after(DEADLINE_MS, () => reject(new SendFailed({ kind: 'timed_out' })));
  try {
    return await Promise.race([work(), late]);
  } catch (error) {
    // A send tells its failures in its own words; what is behind them counts.
    const failed = error instanceof Failure ? error.cause : error;
    throw failed instanceof SendFailed ? failureOf(text, failed) : error;
  } finally {
    cancel();
  }
}

/** What a caller is told of a question that WhatsApp did not answer as hoped. */
export function operationFailure(operation: string, failed: SendFailed): Failure {
  return failureOf(`failed to ${operation}`, failed);
}

function failureOf(text: string, failed: SendFailed): Failure {
  const { reason } = failed;
  if (reason.kind === 'not_connected') return failure('instance_not_connected', undefined, failed);
  if (failed.isThrottled) return failure('message_throttled', undefined, failed);
  return failure('operation_failed', { text: `${text}: ${reasonText(failed)}` }, failed);
}

function reasonText({ reason }: SendFailed): string {
  if (reason.kind === 'refused') return reason.text ?? `WhatsApp refused it (code ${reason.code})`;
  return reason.kind === 'failed' ? reason.text : 'timed out';
}
