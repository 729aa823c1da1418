import type { CallNotice } from '../call.ts';

/** Calls as far as they need no sound: ringing, turning away, hanging up. Everything throws `SendFailed`. */
export interface CallOperations {
  /** Rings every device of a person; resolves when the server took the offer. `to`: the person's phone JID or LID. */
  offer(callId: string, to: string): Promise<void>;
  /** Ends a call of ours. */
  hangUp(callId: string, to: string): Promise<void>;
  /** Turns away a call that rings. */
  reject(call: Pick<CallNotice, 'callId' | 'creator' | 'from'>): Promise<void>;
}
