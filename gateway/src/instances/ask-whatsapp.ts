import { timeLimit } from '../async/time-limit.ts';
import type { Clock } from '../clock.ts';
import { type Failure, failure } from '../failure.ts';
import { SendFailed } from '../whatsapp/session.ts';

const DEADLINE_MS = 60_000;

/** The failure that a caller gets when WhatsApp did not do what an operation asked. */
export type FailureWording = (failed: SendFailed) => Failure;

/**
 * Runs what an operation asks of WhatsApp. A missing connection and WhatsApp's rate limit are the same failure for
 * every operation; any other `SendFailed` becomes the operation's own failure. Other errors pass through.
 */
export async function askWhatsApp<T>(wording: FailureWording, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw publicFailure(error, wording);
  }
}

/** The same with a deadline: what WhatsApp does not answer within a minute has timed out. */
export function askWithinAMinute<T>(
  clock: Clock,
  wording: FailureWording,
  work: () => Promise<T>,
): Promise<T> {
  const expired = () => new SendFailed({ kind: 'timed_out' });
  return askWhatsApp(wording, () => timeLimit(clock, DEADLINE_MS, work(), expired));
}

/** The error to throw in place of `error`: a public failure for a `SendFailed`, the error itself otherwise. */
export function publicFailure(error: unknown, wording: FailureWording): unknown {
  if (!(error instanceof SendFailed)) return error;
  if (error.reason.kind === 'not_connected') return failure('instance_not_connected', undefined, error);
  if (error.isThrottled) return failure('message_throttled', undefined, error);
  return wording(error);
}

/** `failed to <operation>: <reason>` */
export function failedTo(operation: string): FailureWording {
  return failedWith(`failed to ${operation}`);
}

/** `<text>: <reason>` */
export function failedWith(text: string): FailureWording {
  return (failed) => failure('operation_failed', { text: `${text}: ${reasonOf(failed)}` }, failed);
}

function reasonOf({ reason }: SendFailed): string {
  if (reason.kind === 'refused') return reason.text ?? `WhatsApp refused it (code ${reason.code})`;
  return reason.kind === 'failed' ? reason.text : 'timed out';
}
