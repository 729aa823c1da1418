import type { SendDeps } from '../sending/deps.ts';
import type { ActiveCalls } from './active-calls.ts';

/** What the operations on calls work with. */
export interface CallDeps extends SendDeps {
  activeCalls: ActiveCalls;
}
