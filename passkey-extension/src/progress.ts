import type { CallResult } from './gateway.ts';
import { outcomeText, refusalText, type TextName } from './texts.ts';

/** What to show of a ceremony after an answer was sent. */
export interface Progress {
  name: TextName;
  over: boolean;
  detail?: string;
  /** To be compared with the phone. */
  compare?: { id: string; code: string };
}

/** Silence of the gateway ends nothing: the ceremony goes on there. */
export function progressOf(answer: CallResult): Progress {
  if (!answer.ok)
    return { name: refusalText(answer.status), over: answer.status !== 0, detail: answer.message };
  const { status: now = 'none', outcome = null, id = null, code: shownCode = null } = answer.ceremony ?? {};
  if (outcome !== null) return { name: outcomeText(outcome), over: true };
  if (now === 'none') return { name: 'error_over', over: true };
  if (now === 'finishing') return { name: 'status_finishing', over: false };
  if (now !== 'confirmation' || !id || !shownCode) return { name: 'status_verifying', over: false };
  return { name: 'status_confirmation', over: false, compare: { id, code: shownCode } };
}
