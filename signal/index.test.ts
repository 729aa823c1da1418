import { DEFAULT_CONNECTION_CONFIG, type SignalAuthState } from 'baileys';
import { pino } from 'pino';
import { expect, it } from 'vitest';

it("stops Baileys' stock Signal repository with a sentence that says what to do", () => {
  const auth = { creds: {}, keys: {} } as SignalAuthState;
  const stock = DEFAULT_CONNECTION_CONFIG.makeSignalRepository(auth, pino({ level: 'silent' }));
  expect(() => stock.jidToSignalProtocolAddress('5511@s.whatsapp.net')).toThrow('pass makeSignalRepository');
});
