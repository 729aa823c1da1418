import { type CheckedNumber, checkNumbers as checked } from '../../mailbox/number-check.ts';
import type { InstanceRow } from '../../storage/schema.ts';
import { ChatAction } from './chat-action.ts';
import type { ChatDeps } from './deps.ts';

/** Which of these numbers are on WhatsApp, in their order. */
export async function checkNumbers(
  instance: InstanceRow,
  numbers: string[],
  deps: ChatDeps,
): Promise<CheckedNumber[]> {
  const action = new ChatAction(instance, 'check numbers', deps);
  return action.ask(() => checked(deps, instance, action.session, numbers));
}
