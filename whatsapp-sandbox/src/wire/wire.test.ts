import { makeNoiseHandler, NOISE_WA_HEADER, proto, WA_CERT_DETAILS } from 'baileys';
import fc from 'fast-check';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { fromJson, toJson } from '../state/bytes.ts';
import { sealForCompanion, signCompanion, verifyCompanion } from './adv.ts';
import { makeServerIdentity } from './certificate.ts';
import { FrameReader, FramingError, frame } from './frames.ts';
import { parseUserJid, userJid } from './jid.ts';
import { agree, generateKeyPair, sign, verify, withType } from './keys.ts';
import { NoiseResponder } from './noise.ts';
import { decodeStanza, encodeStanza, stanza } from './stanza.ts';

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

function clientOf(ephemeral = generateKeyPair()) {
  const noise = makeNoiseHandler({
    keyPair: ephemeral as never,
    NOISE_HEADER: NOISE_WA_HEADER,
    logger: pino({ level: 'silent' }) as never,
  });
  return { ephemeral, noise };
}

test('the handshake agrees with a stock client and carries its key and payload', () => {
  const identity = makeServerIdentity(1_700_000_000);
  WA_CERT_DETAILS.PUBLIC_KEY = Buffer.from(identity.root.public);
  const { ephemeral, noise } = clientOf();
  const server = new NoiseResponder(NOISE_WA_HEADER, identity.noise, generateKeyPair());
  const serverHello = server.hello(ephemeral.public, identity.chain);
  const key = generateKeyPair();
  const sealedKey = noise.processHandshake(proto.HandshakeMessage.create({ serverHello }), key as never);
  const sealedPayload = noise.encrypt(Buffer.from('payload'));
  const finished = server.finish(sealedKey, sealedPayload);
  expect(Buffer.from(finished.clientStatic)).toEqual(Buffer.from(key.public));
  expect(Buffer.from(finished.payload).toString()).toBe('payload');
  noise.finishInit();
  const upward = noise.encrypt(Buffer.from('up'));
  expect(finished.transport.decrypt(upward).toString()).toBe('up');
  expect(Buffer.from(noise.decrypt(finished.transport.encrypt(Buffer.from('down')))).toString()).toBe('down');
  expect(() => finished.transport.decrypt(upward)).toThrow();
});

test('a chain that another root signed is refused by a stock client', () => {
  const identity = makeServerIdentity(1_700_000_000);
  WA_CERT_DETAILS.PUBLIC_KEY = Buffer.from(generateKeyPair().public);
  const { ephemeral, noise } = clientOf();
  const server = new NoiseResponder(NOISE_WA_HEADER, identity.noise, generateKeyPair());
  const hello = proto.HandshakeMessage.create({
    serverHello: server.hello(ephemeral.public, identity.chain),
  });
  expect(() => noise.processHandshake(hello, generateKeyPair() as never)).toThrow('intermediate certificate');
});

test('the root signs the intermediate, the intermediate the leaf, and the leaf names the Noise key', () => {
  const { root, noise, chain } = makeServerIdentity(1_700_000_000);
  const { intermediate, leaf } = proto.CertChain.decode(chain);
  const { Details } = proto.CertChain.NoiseCertificate;
  const between = Details.decode(intermediate!.details!);
  expect(between.issuerSerial).toBe(0);
  expect(verify(root.public, intermediate!.details!, intermediate!.signature!)).toBe(true);
  expect(verify(between.key!, leaf!.details!, leaf!.signature!)).toBe(true);
  expect(Buffer.from(Details.decode(leaf!.details!).key!)).toEqual(Buffer.from(noise.public));
});

test('both sides of an agreement get the same secret, and a signature fits one message only', () => {
  const [a, b] = [generateKeyPair(), generateKeyPair()];
  expect(agree(a.private, b.public)).toEqual(agree(b.private, a.public));
  const signature = sign(a.private, Buffer.from('this'));
  expect(verify(a.public, Buffer.from('this'), signature)).toBe(true);
  expect(verify(a.public, Buffer.from('that'), signature)).toBe(false);
  expect(verify(b.public, Buffer.from('this'), signature)).toBe(false);
  expect(verify(a.public, Buffer.from('this'), signature.slice(1))).toBe(false);
  expect(withType(a.public)[0]).toBe(5);
});

test('frames come out whole however the stream is cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 50 }),
      fc.option(bytes(20)),
      (payloads, step, routing) => {
        const intro = routing ? [Buffer.from([0x45, 0x44, 0, 1, 0, 0, 20]), routing] : [];
        const stream = Buffer.concat([...intro, NOISE_WA_HEADER, ...payloads.map(frame)]);
        const reader = new FrameReader();
        const read: Buffer[] = [];
        for (let at = 0; at < stream.length; at += step)
          read.push(...reader.push(stream.subarray(at, at + step)));
        expect(read.map((each) => each.toString('hex'))).toEqual(
          payloads.map((each) => Buffer.from(each).toString('hex')),
        );
      },
    ),
    { numRuns: 50 },
  );
});

test('a stream that does not begin as WhatsApp, or announces a giant frame, is an error', () => {
  expect(() => new FrameReader().push(Buffer.from('HELO'))).toThrow(FramingError);
  const giant = Buffer.concat([NOISE_WA_HEADER, Buffer.from([0xff, 0, 0])]);
  expect(() => new FrameReader().push(giant)).toThrow(FramingError);
});

test('a stanza is the same after encoding and decoding', () => {
  const node = stanza('message', { id: 'A1', to: '49151@s.whatsapp.net', gone: undefined }, [
    stanza('enc', { v: '2', type: 'msg' }, Buffer.from([1, 2, 3])),
  ]);
  expect(node.attrs).not.toHaveProperty('gone');
  expect(decodeStanza(encodeStanza(node))).toEqual(node);
  expect(() => decodeStanza(Buffer.from([0]))).toThrow();
});

test('a JID names user, device and addressing, and anything else is none', () => {
  expect(parseUserJid('49151:7@lid')).toEqual({ user: '49151', device: 7, addressing: 'lid' });
  expect(parseUserJid('49151@s.whatsapp.net')).toEqual({ user: '49151', device: 0, addressing: 'pn' });
  expect(userJid('49151', 'pn', 7)).toBe('49151:7@s.whatsapp.net');
  for (const jid of [
    undefined,
    '',
    '@s.whatsapp.net',
    '123-456@g.us',
    'status@broadcast',
    '1:x@lid',
    'ab@lid',
  ]) {
    expect(parseUserJid(jid)).toBeUndefined();
  }
});

test("a companion's identity needs both signatures, over the same details and keys", () => {
  const [phone, companion, other] = [generateKeyPair(), generateKeyPair(), generateKeyPair()];
  const identity = signCompanion(phone, companion.public, { rawId: 1, timestamp: 2, keyIndex: 3 });
  const signed = Buffer.concat([Buffer.from([6, 1]), identity.details!, companion.public, phone.public]);
  const complete = { ...identity, deviceSignature: sign(companion.private, signed) };
  expect(verifyCompanion(complete, companion.public, phone.public)).toBe(true);
  expect(verifyCompanion(identity, companion.public, phone.public)).toBe(false);
  expect(verifyCompanion(complete, other.public, phone.public)).toBe(false);
  expect(verifyCompanion(complete, companion.public, other.public)).toBe(false);
  const forged = { ...complete, deviceSignature: sign(other.private, signed) };
  expect(verifyCompanion(forged, companion.public, phone.public)).toBe(false);
  expect(sealForCompanion(identity, Buffer.alloc(32, 1))).not.toEqual(
    sealForCompanion(identity, Buffer.alloc(32, 2)),
  );
});

test('bytes and maps survive JSON', () => {
  const value = {
    a: new Uint8Array([1, 2]),
    b: new Map([[1, new Uint8Array([3])]]),
    c: [null, 'x', { d: 1 }],
  };
  expect(fromJson(JSON.parse(JSON.stringify(toJson(value))))).toEqual(value);
});
