import { reportCall } from '../../mailbox/calls.ts';
import { findInstance } from '../find-instance.ts';
import { inMailbox } from '../in-mailbox.ts';
import type { CallDeps } from './deps.ts';

/**
 * Ends a call that we placed, and reports its end: WhatsApp does not echo it to the device that hung up. A call that
 * has ended is left alone. Never rejects: a failure is logged, and the callee's phone stops ringing by itself.
 */
export async function hangUp(callId: string, deps: CallDeps): Promise<void> {
  const { sessions, log, clock, activeCalls, db } = deps;
  const call = activeCalls.remove(callId);
  if (!call) return;
  const { instanceId, to } = call;
  try {
    await sessions.session(instanceId).calls.hangUp(callId, to);
    const instance = await findInstance(db, instanceId);
    if (!instance) return;
    await inMailbox(deps, instance, (mailbox) =>
      reportCall(mailbox, {
        callId,
        change: 'terminated',
        caller: mailbox.scope.self,
        from: to,
        outgoing: true,
        groupJid: null,
        at: clock.now(),
        reason: null,
        latencyMs: null,
        key: '',
      }),
    );
  } catch (error) {
    log.warn({ instance: instanceId, err: error }, 'could not hang up');
  }
}

/** Ends every call that we placed. */
export async function hangUpAll(deps: CallDeps): Promise<void> {
  await Promise.all(deps.activeCalls.ids().map((callId) => hangUp(callId, deps)));
}
