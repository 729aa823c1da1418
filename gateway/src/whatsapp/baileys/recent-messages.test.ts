import { MessageRetryManager, proto } from 'baileys';
import { afterEach, expect, test } from 'vitest';
import { silentLog } from '../../events/testing/events.ts';
import { keepFewMessages } from './recent-messages.ts';

const TO = '5511999999999@s.whatsapp.net';
const manager = new MessageRetryManager(silentLog as never, 5);
afterEach(() => manager.clear());

test('of the messages that pass, a connection keeps those in memory that are nowhere else', () => {
  keepFewMessages(manager);
  const pin = { pinInChatMessage: { type: proto.Message.PinInChatMessage.Type.PIN_FOR_ALL } };
  manager.addRecentMessage(TO, 'pin', pin);
  manager.addRecentMessage(TO, 'text', { conversation: 'Hello' });
  manager.addRecentMessage(TO, 'picture', { imageMessage: { jpegThumbnail: new Uint8Array(10_000) } });
  expect(manager.getRecentMessage(TO, 'pin')?.message).toBe(pin);
  expect(manager.getRecentMessage(TO, 'text')).toBeUndefined();
  expect(manager.getRecentMessage(TO, 'picture')).toBeUndefined();
});
