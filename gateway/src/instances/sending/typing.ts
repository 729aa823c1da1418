import { delay } from '../../async/delay.ts';
import type { Clock } from '../../clock.ts';
import type { Logger } from '../../telemetry/log.ts';
import type { Session } from '../../whatsapp/session.ts';
import type { Target } from './recipients.ts';

/** WhatsApp takes "typing…" away when it is not said again. */
const REFRESH_SECONDS = 10;

/** Waits `seconds` while the other side sees "typing…"; channels and status get the wait alone. */
export async function showTyping(
  session: Pick<Session, 'sendChatState'>,
  { to, chat }: Target,
  seconds: number,
  { clock, log }: { clock: Clock; log: Logger },
): Promise<void> {
  if (seconds === 0) return;
  const visible = chat.kind === 'private' || chat.kind === 'group';
  const show = async (state: 'composing' | 'paused') => {
    try {
      if (visible) await session.sendChatState(to, state);
    } catch (error) {
      log.debug({ err: error }, 'typing could not be shown'); // it decorates a send, it does not decide it
    }
  };
  for (let left = seconds; left > 0; left -= REFRESH_SECONDS) {
    void show('composing');
    await delay(clock, Math.min(left, REFRESH_SECONDS) * 1_000);
  }
  void show('paused');
}
