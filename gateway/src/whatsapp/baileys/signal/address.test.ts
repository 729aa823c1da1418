import { describe, expect, it } from 'vitest';
import { addressOf, keyOf, phoneNumberJid, senderKeyName, underLid, withDevice } from './address.ts';
import { makeParty } from './testing/parties.ts';

const JIDS = [
  '551100000001@s.whatsapp.net',
  '551100000001:12@s.whatsapp.net',
  '551100000001@c.us',
  '99900000001@lid',
  '99900000001:3@lid',
  '551100000001:99@hosted',
  '99900000001:99@hosted.lid',
  '551100000001_1:4@s.whatsapp.net',
];

describe('an address', () => {
  it('is kept under the same key as with stock Baileys', async () => {
    const stock = await makeParty('stock', '551100000001@s.whatsapp.net');
    for (const jid of JIDS) {
      expect(keyOf(addressOf(jid))).toBe(stock.repository.jidToSignalProtocolAddress(jid));
    }
  });

  it('names a sender key as stock Baileys does', () => {
    expect(senderKeyName('1@g.us', addressOf('999:3@lid'))).toBe('1@g.us::999_1::3');
  });

  it('keeps its device and its hosting when it moves to the LID', () => {
    expect(keyOf(underLid(addressOf('5511:12@s.whatsapp.net'), '999'))).toBe('999_1.12');
    expect(keyOf(underLid(addressOf('5511:99@hosted'), '999'))).toBe('999_129.99');
  });

  it('has device 99 only in the hosted domain', () => {
    expect(keyOf(withDevice(addressOf('5511@s.whatsapp.net'), 99))).toBe('5511_128.99');
    expect(keyOf(withDevice(addressOf('999@lid'), 99))).toBe('999_129.99');
    expect(keyOf(withDevice(addressOf('5511:99@hosted'), 0))).toBe('5511.0');
  });

  it('becomes the JID by which the LID mapping is asked', () => {
    expect(phoneNumberJid(addressOf('5511:12@s.whatsapp.net'))).toBe('5511:12@s.whatsapp.net');
    expect(phoneNumberJid(addressOf('5511@c.us'))).toBe('5511@s.whatsapp.net');
    expect(phoneNumberJid(addressOf('5511:99@hosted'))).toBe('5511:99@hosted');
  });
});
