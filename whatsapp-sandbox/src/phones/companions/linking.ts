import { createDecipheriv, hkdfSync, randomBytes, randomInt } from 'node:crypto';
import { aesDecryptCTR, aesEncryptCTR, derivePairingCodeKey, proto } from 'baileys';
import type { SoftwareAuthenticator } from '../../passkey/authenticator.ts';
import type { ServerWith } from '../../server/context.ts';
import { type Account, accountJid, type Device } from '../../server/model/account.ts';
import type { CompanionFinish, PairingPort } from '../../server/model/pairings.ts';
import {
  addCompanion,
  type Needs as CompanionNeeds,
  MAX_COMPANIONS,
  nextDeviceId,
} from '../../server/pairing/companions.ts';
import { sealForCompanion, signCompanion, signKeyIndexes, verifyCompanion } from '../../wire/adv.ts';
import { userJid } from '../../wire/jid.ts';
import { agree, generateKeyPair, sameBytes } from '../../wire/keys.ts';
import type { Ciphers } from '../signal/ciphers.ts';
import type { PhoneSecrets } from '../signal/store.ts';
import { PasskeyCeremony } from './passkey.ts';

/** What a phone needs to link a companion. */
interface Linker {
  readonly ctx: CompanionNeeds & ServerWith<'log' | 'pairings'>;
  readonly account: Account;
  readonly secrets: PhoneSecrets;
  readonly ciphers: Ciphers;
  /** Without it no passkey is asked for. */
  readonly passkey: SoftwareAuthenticator | undefined;
  /** The newest linking with a passkey. */
  ceremony: PasskeyCeremony | undefined;
}

const LINK_TIMEOUT_MS = 30_000;

/** A code that cannot be used; the text says why. */
export class LinkError extends Error {}

/** The linked device, or the ceremony that goes on without the caller. */
export type Linked = Device | PasskeyCeremony;

/** What a companion shows as a QR code. */
export interface ScannedCode {
  ref: string;
  noiseKey: Buffer;
  identity: Buffer;
  advSecret: Buffer;
}

/** Reads `ref,noise key,identity key,ADV secret[,…]`, alone or behind the `#` of a link. */
export function readQr(qr: string): ScannedCode {
  const [ref, noiseKey, identity, advSecret] = qr
    .slice(qr.indexOf('#') + 1)
    .split(',')
    .map((field) => field.trim());
  const keys = [noiseKey, identity, advSecret].map((field) => Buffer.from(field ?? '', 'base64'));
  if (!ref || keys.some((key) => key.length !== 32)) throw new LinkError('this is not a linking QR code');
  const [noise, ident, secret] = keys as [Buffer, Buffer, Buffer];
  return { ref, noiseKey: noise, identity: ident, advSecret: secret };
}

/** Scans a QR code; settles when the companion has logged in, or has been asked for a passkey. */
export async function scanQr(phone: Linker, qr: string): Promise<Linked> {
  const code = readQr(qr);
  const port = phone.ctx.pairings.byRef(code.ref);
  if (!port) throw new LinkError('this QR code has expired or is unknown');
  const { noiseKey, identity } = port.candidate;
  if (!sameBytes(noiseKey, code.noiseKey) || !sameBytes(identity, code.identity)) {
    throw new LinkError('the keys in the QR code are not those of the device that shows it');
  }
  return proceed(phone, port, code.advSecret);
}

/**
 * Types a pairing code. The code protects an exchange of ephemeral keys; whether it was the right one
 * shows when the companion's last message opens.
 */
export async function typeCode(phone: Linker, code: string): Promise<Linked> {
  const normal = code.replace(/[\s-]/g, '').toUpperCase();
  const request = phone.ctx.pairings.requestFor(phone.account.number);
  if (!request) throw new LinkError('no device is waiting for a code of this number');
  const ephemeral = generateKeyPair();
  const companionEphemeral = await unwrap(request.wrappedEphemeral, normal);
  const finished = new Promise<CompanionFinish | undefined>((resolve) => {
    const timer = setTimeout(() => resolve(undefined), LINK_TIMEOUT_MS);
    request.finish = (finish) => {
      clearTimeout(timer);
      resolve(finish);
    };
  });
  request.port.primaryHello({
    ref: Buffer.from(request.ref),
    identity: phone.secrets.identity.public,
    wrappedEphemeral: await wrap(ephemeral.public, normal),
  });
  const finish = await finished;
  if (!finish) throw new LinkError('the device that asked for the code did not answer');
  const { wrappedBundle, identity } = finish;
  const shared = agree(ephemeral.private, companionEphemeral);
  const secret = openBundle(phone, shared, wrappedBundle, identity);
  if (!sameBytes(identity, request.port.candidate.identity)) throw new LinkError('the code is wrong');
  const identityShared = agree(phone.secrets.identity.private, identity);
  const material = Buffer.concat([shared, identityShared, secret]);
  return proceed(phone, request.port, Buffer.from(hkdfSync('sha256', material, '', 'adv_secret', 32)));
}

async function unwrap(wrapped: Uint8Array, code: string): Promise<Buffer> {
  const key = await derivePairingCodeKey(code, Buffer.from(wrapped.subarray(0, 32)));
  return aesDecryptCTR(wrapped.subarray(48, 80), key, wrapped.subarray(32, 48));
}

async function wrap(publicKey: Uint8Array, code: string): Promise<Buffer> {
  const salt = randomBytes(32);
  const iv = randomBytes(16);
  return Buffer.concat([salt, iv, aesEncryptCTR(publicKey, await derivePairingCodeKey(code, salt), iv)]);
}

/** Opens the companion's bundle and returns its random part; only the right code gives the right key. */
function openBundle(phone: Linker, shared: Uint8Array, wrapped: Uint8Array, identity: Uint8Array): Buffer {
  const info = 'link_code_pairing_key_bundle_encryption_key';
  const key = new Uint8Array(hkdfSync('sha256', shared, wrapped.subarray(0, 32), info, 32));
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, wrapped.subarray(32, 44));
    decipher.setAuthTag(wrapped.subarray(-16));
    const plain = Buffer.concat([decipher.update(wrapped.subarray(44, -16)), decipher.final()]);
    const ours = sameBytes(plain.subarray(32, 64), phone.secrets.identity.public);
    if (plain.length === 96 && ours && sameBytes(plain.subarray(0, 32), identity)) return plain.subarray(64);
  } catch (error) {
    phone.ctx.log.debug({ err: error }, 'pairing code bundle did not open');
  }
  throw new LinkError('the code is wrong');
}

/** Links the companion, or first asks it for a passkey where the account has one. */
async function proceed(phone: Linker, port: PairingPort, advSecret: Uint8Array): Promise<Linked> {
  if (!phone.passkey) return link(phone, port, advSecret);
  const ceremony = new PasskeyCeremony(phone.passkey, port.candidate, advSecret);
  phone.ceremony = ceremony;
  port.requirePasskey(ceremony);
  ceremony.secret
    .then((secret) => link(phone, port, secret))
    .then(
      () => ceremony.ended(),
      (error) => ceremony.ended(error),
    );
  return ceremony;
}

/** Certifies the companion, waits for its own signature, then for its first log-in. */
async function link(phone: Linker, port: PairingPort, advSecret: Uint8Array): Promise<Device> {
  const { ctx, account } = phone;
  if (account.devices.size > MAX_COMPANIONS) throw new LinkError('this phone has too many linked devices');
  const id = nextDeviceId(account);
  // Taken at once, so that two codes scanned together do not get the same id.
  account.lastDevice = id;
  account.keyIndex += 1;
  const keyIndex = account.keyIndex;
  const timestamp = Math.floor(ctx.clock() / 1000);
  const claim = { rawId: randomInt(1, 2 ** 31), timestamp, keyIndex };
  const identity = signCompanion(phone.secrets.identity, port.candidate.identity, claim);
  let device: Device | undefined;
  await port.offer({
    sealedIdentity: sealForCompanion(identity, advSecret),
    jid: userJid(account.number, 'pn', id),
    lid: userJid(account.lid, 'lid', id),
    keyIndex,
    businessName: account.business ? account.name : undefined,
    platform: account.business ? 'smba' : 'android',
    accept: (signed) => {
      const reply = proto.ADVSignedDeviceIdentity.decode(signed);
      const complete = { ...identity, deviceSignature: reply.deviceSignature ?? null };
      const details = reply.details ?? new Uint8Array();
      if (!sameBytes(details, identity.details ?? new Uint8Array())) return false;
      if (!verifyCompanion(complete, port.candidate.identity, phone.secrets.identity.public)) return false;
      device = addCompanion(ctx, account, {
        id,
        keyIndex,
        keyIndexList: keyIndexes(phone, keyIndex),
        candidate: port.candidate,
      });
      phone.ciphers.forget(device);
      return true;
    },
  });
  if (!device) throw new LinkError("the companion's signature is wrong");
  await online(phone, device);
  return device;
}

function keyIndexes(phone: Linker, added: number): Uint8Array {
  const valid = [...phone.account.devices.values()].flatMap((each) => each.link?.keyIndex ?? []);
  return signKeyIndexes(phone.secrets.identity, {
    rawId: phone.secrets.registrationId,
    timestamp: Math.floor(phone.ctx.clock() / 1000),
    currentIndex: added,
    validIndexes: [0, ...valid, added],
  });
}

/** The companion comes back by itself after `515`; a code counts as used when it did. */
function online(phone: Linker, device: Device): Promise<void> {
  if (device.endpoint) return Promise.resolve();
  const { events } = phone.ctx;
  return new Promise((resolve, reject) => {
    const done = (came: Device) => {
      if (came !== device) return;
      clearTimeout(timer);
      events.off('companion-online', done);
      resolve();
    };
    const timer = setTimeout(() => {
      events.off('companion-online', done);
      reject(
        new LinkError(`${accountJid(phone.account, 'pn')} was linked, but the companion did not log in`),
      );
    }, LINK_TIMEOUT_MS);
    events.on('companion-online', done);
  });
}
