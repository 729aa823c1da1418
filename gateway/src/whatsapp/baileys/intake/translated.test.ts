import { proto, type WAMessage } from 'baileys';
import { describe, expect, test } from 'vitest';
import { createLog } from '../../../telemetry/log.ts';
import { TestClock } from '../../../testing/test-clock.ts';
import type { HistoryAnnouncement } from '../../history/announcement.ts';
import type { Incoming } from '../../inbound/incoming.ts';
import type { MessageContext, SessionListener } from '../../session.ts';
import { translated } from './translated.ts';

const SELF = { jid: '5511888888888@s.whatsapp.net', lid: null };
const { HISTORY_SYNC_NOTIFICATION } = proto.Message.ProtocolMessage.Type;
const context: MessageContext = { offline: true, alongside: async () => {} };

/** Hands one message on; resolves with what the listener got. */
async function handedOn(message: object) {
  const got: { incoming?: Incoming | null; announcement?: HistoryAnnouncement; context?: MessageContext } =
    {};
  const listener = {
    message: async (incoming, context) => void Object.assign(got, { incoming, context }),
    history: async (announcement, context) => void Object.assign(got, { announcement, context }),
  } satisfies Partial<SessionListener> as unknown as SessionListener;
  const log = createLog('silent');
  const engine = translated({ listener, self: () => SELF, clock: new TestClock(), log });
  await engine.message(message as WAMessage, context);
  return got;
}

const key = { remoteJid: '5511999999999@s.whatsapp.net', id: '3EB0C1D2E3F405162738', fromMe: false };
const historySyncNotification = { syncType: 2, directPath: '/v/x' };
const announced = { protocolMessage: { type: HISTORY_SYNC_NOTIFICATION, historySyncNotification } };

describe('a message of the engine', () => {
  test('reaches the listener in our words', async () => {
    const { incoming } = await handedOn({ key, message: { conversation: 'Hello' }, messageTimestamp: 1 });
    expect(incoming).toMatchObject({
      origin: { id: key.id, author: { kind: 'person' }, at: 1_000 },
      content: { type: 'text', content: 'Hello' },
    });
  });

  test.each<[string, object]>([
    ['between devices of the account', { key, category: 'peer', message: { conversation: 'x' } }],
    ['without a chat', { key: { id: 'A1' }, message: { conversation: 'x' } }],
    [
      'that cannot be translated',
      {
        key,
        get message() {
          throw new Error('damaged');
        },
      },
    ],
  ])('%s is nothing to report, and what belongs to it is written all the same', async (_, message) => {
    expect(await handedOn(message)).toEqual({ incoming: null, context });
  });

  test('that announces history is an announcement, from the account itself only', async () => {
    const own = await handedOn({ key: { ...key, fromMe: true }, category: 'peer', message: announced });
    expect(own).toMatchObject({ announcement: { id: key.id }, context });
    expect(await handedOn({ key, message: announced })).toEqual({ incoming: null, context });
  });
});
