import { describe, expect, test } from 'vitest';
import { addInstance, silentLog, testSeal } from '../../events/testing/events.ts';
import { databases } from '../../storage/testing/databases.ts';
import { TestClock } from '../../testing/test-clock.ts';
import { SendFailed } from '../../whatsapp/session.ts';
import { ChatStates } from './chat-states.ts';

const [sqlite] = databases;
const JOAO = '5511999999999@s.whatsapp.net';
const MARIA = '5521988887777@s.whatsapp.net';
const SECOND = 1_000;

describe('typing and recording', () => {
  async function bench({ staysOnline = false } = {}) {
    const { db } = await sqlite!.open();
    const instance = await addInstance(db, testSeal());
    const clock = new TestClock();
    const sent: string[] = [];
    const broken = { chat: '' };
    const session = {
      sendChatState: async (chat: string, state: string) => {
        if (chat === broken.chat) throw new SendFailed({ kind: 'timed_out' });
        sent.push(`${state} ${chat.slice(0, 4)}`);
      },
      setPresence: async (presence: string) => void sent.push(presence),
    };
    const states = new ChatStates({
      clock,
      log: silentLog,
      sessions: { session: () => session },
      staysOnline: () => staysOnline,
    });
    const show = (chat: string, state: 'composing' | 'recording' | 'paused', seconds: number) =>
      states.show(instance, chat, state, seconds);
    /** What was sent since the last look. */
    const shown = () => sent.splice(0);
    return { clock, show, shown, broken };
  }

  test('are kept up for as long as was asked for, and taken back then', async () => {
    const { clock, show, shown } = await bench({ staysOnline: true });
    await show(JOAO, 'recording', 20);
    expect(shown()).toEqual(['recording 5511']);
    clock.advance(8 * SECOND);
    clock.advance(8 * SECOND);
    expect(shown()).toEqual(['recording 5511', 'recording 5511']);
    clock.advance(4 * SECOND);
    expect(shown()).toEqual(['paused 5511']);
    expect(clock.waiting).toBe(0);
  });

  test('end without a word when no time was asked for: WhatsApp lets them expire', async () => {
    const { clock, show, shown } = await bench({ staysOnline: true });
    await show(JOAO, 'composing', 0);
    clock.advance(60 * SECOND);
    expect(shown()).toEqual(['composing 5511']);
  });

  test('a newer call for the same chat takes the place of the older one', async () => {
    const { clock, show, shown } = await bench({ staysOnline: true });
    await show(JOAO, 'composing', 5);
    await show(JOAO, 'recording', 7);
    clock.advance(5 * SECOND);
    expect(shown()).toEqual(['composing 5511', 'recording 5511']);
    await show(JOAO, 'paused', 0);
    clock.advance(60 * SECOND);
    expect(shown()).toEqual(['paused 5511']);
  });

  test('an instance is online only while something is shown in one of its chats', async () => {
    const { clock, show, shown } = await bench();
    await show(JOAO, 'composing', 3);
    await show(MARIA, 'composing', 6);
    expect(shown()).toEqual(['available', 'composing 5511', 'available', 'composing 5521']);
    clock.advance(3 * SECOND);
    expect(shown()).toEqual(['paused 5511']);
    clock.advance(3 * SECOND);
    expect(shown()).toEqual(['paused 5521', 'unavailable']);
  });

  test('a state that cannot be shown does not leave the instance online', async () => {
    const { clock, show, shown, broken } = await bench();
    broken.chat = JOAO;
    await expect(show(JOAO, 'composing', 5)).rejects.toMatchObject({ reason: { kind: 'timed_out' } });
    expect(shown()).toEqual(['available', 'unavailable']);
    expect(clock.waiting).toBe(0);
  });

  test('of two calls at the same time only the later one keeps its state up', async () => {
    const { clock, show, shown } = await bench();
    await Promise.all([show(JOAO, 'composing', 20), show(JOAO, 'recording', 5)]);
    expect(clock.waiting).toBe(1);
    expect(shown().at(-1)).toBe('recording 5511');
    clock.advance(60 * SECOND);
    expect(shown()).toEqual(['paused 5511', 'unavailable']);
    expect(clock.waiting).toBe(0);
  });
});
