import { reportCall } from '../../mailbox/calls.ts';
import type { CallNotice } from '../../whatsapp/call.ts';
import { type Person, parseJid } from '../../whatsapp/jid.ts';
import { findInstance } from '../find-instance.ts';
import { inMailbox } from '../in-mailbox.ts';
import { answerCaller } from '../sending/answer-caller.ts';
import { settingsOf } from '../settings.ts';
import type { CallDeps } from './deps.ts';

/** An offer that waited longer has stopped ringing. */
const RINGING_MS = 60_000;

/**
 * Rejects an incoming call when the instance's settings want that, reports it, and sends the configured text to the
 * caller. WhatsApp does not echo a rejection to the device that made it. Never rejects: a failure is logged.
 */
export async function rejectCall(instanceId: string, notice: CallNotice, deps: CallDeps): Promise<void> {
  const { db, clock, log, sessions } = deps;
  try {
    const instance = await findInstance(db, instanceId);
    if (!instance || clock.now() - notice.at > RINGING_MS) return;
    const { autoRejectCalls, callRejectMessage: text } = settingsOf(instance);
    if (!autoRejectCalls) return;
    await sessions.session(instanceId).calls.reject(notice);
    const rejection = {
      ...notice,
      change: 'rejected',
      at: clock.now(),
      reason: 'auto_reject',
      key: '',
    } as const;
    await inMailbox(deps, instance, (mailbox) => reportCall(mailbox, rejection));
    const to = jidOf(notice.caller);
    if (text !== '' && to) await answerCaller(instance, { to, text }, deps);
  } catch (error) {
    log.warn({ instance: instanceId, err: error }, 'could not reject a call');
  }
}

function jidOf({ jid, lid }: Person): string | null {
  return parseJid(jid ?? lid)?.jid ?? null;
}
