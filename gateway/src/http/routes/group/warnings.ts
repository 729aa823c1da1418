import type { Warning } from '../../../instances/groups/group-changes.ts';
import { errorText } from '../../errors.ts';

/** `warnings` of an answer: the parts of an operation that failed. */
export function warningViews(warnings: Warning[]): { field: string; error: string }[] {
  return warnings.map(({ field, error }) => ({
    field,
    error: typeof error === 'string' ? error : errorText(error),
  }));
}
