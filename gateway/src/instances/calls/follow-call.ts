import type { CallNotice } from '../../whatsapp/call.ts';
import type { CallDeps } from './deps.ts';
import { hangUp } from './hang-up.ts';
import { rejectCall } from './reject-call.ts';

/**
 * Acts on what happened to a call, once the notice is stored: a call that we placed ends when it is answered, and an
 * incoming one may be rejected. Returns at once; what it starts goes on by itself.
 */
export function followCall(instanceId: string, notice: CallNotice, deps: CallDeps): void {
  const { change, callId, outgoing, groupJid } = notice;
  if (change === 'accepted') void hangUp(callId, deps);
  if (change === 'rejected' || change === 'terminated') deps.activeCalls.remove(callId);
  if (change === 'offer' && !outgoing && groupJid === null) void rejectCall(instanceId, notice, deps);
}
