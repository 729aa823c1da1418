import { failure } from '../../failure.ts';
import { noteOffer } from '../../mailbox/calls.ts';
import type { InstanceRow } from '../../storage/schema.ts';
import { userOf } from '../../whatsapp/jid.ts';
import { askWhatsApp } from '../ask-whatsapp.ts';
import { inMailbox } from '../in-mailbox.ts';
import { callFailure } from './call-failure.ts';
import type { CallDeps } from './deps.ts';
import { hangUp } from './hang-up.ts';

const CALL_ID_BYTES = 16;

/**
 * Rings the user of a number (digits, Brazil's other form tried as well) and hangs up after `seconds`, or at once when
 * the call is answered. Resolves when WhatsApp took the offer, with the call's id and the number that rings. Throws
 * `number_unregistered`.
 */
export async function placeCall(
  instance: InstanceRow,
  { digits, seconds }: { digits: string; seconds: number },
  deps: CallDeps,
): Promise<{ callId: string; number: string }> {
  const { sessions, numbers, clock, activeCalls } = deps;
  const callId = Buffer.from(deps.random(CALL_ID_BYTES)).toString('hex').toUpperCase();
  const session = sessions.session(instance.id);
  const found = await askWhatsApp(callFailure, async () => {
    const found = await numbers.find(instance.id, session, digits);
    if (found) await session.calls.offer(callId, found.jid);
    return found;
  });
  if (!found) throw failure('number_unregistered');
  const { jid: to } = found;
  const cancel = clock.after(seconds * 1_000, () => void hangUp(callId, deps));
  activeCalls.add(callId, { instanceId: instance.id, to, cancel });
  await inMailbox(deps, instance, async (mailbox) => {
    await mailbox.meet(found, 'query');
    await noteOffer(mailbox, { callId, isVideo: false, groupJid: null });
  });
  return { callId, number: userOf(to) };
}
