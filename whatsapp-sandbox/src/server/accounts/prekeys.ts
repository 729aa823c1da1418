import { createHash } from 'node:crypto';
import { SERVER_JID } from '../../wire/jid.ts';
import { KEY_TYPE, sameBytes, verify, withType } from '../../wire/keys.ts';
import {
  bytesOf,
  child,
  childBytes,
  children,
  readUint,
  type Stanza,
  stanza,
  uint,
} from '../../wire/stanza.ts';
import type { ServerWith } from '../context.ts';
import type { Device } from '../model/account.ts';
import type { SignedPreKey } from '../model/pre-key-shelf.ts';
import { StanzaError } from '../stanza-error.ts';

/** What storing keys and handing them out needs of the server. */
export type Needs = ServerWith<'delivery' | 'directory' | 'events' | 'seconds'>;

/** What one user needs to open a session with a device. */
export interface Bundle {
  registrationId: number;
  identity: Uint8Array;
  signed: SignedPreKey;
  oneTime: { id: number; key: Uint8Array } | undefined;
}

const MAX_KEYS = 5000;
const MAX_KEYS_PER_UPLOAD = 2000;
const MAX_USERS_PER_FETCH = 2000;
/** WhatsApp Web uploads keys when the count that it gets is below five. */
const LOW = 5;

function checkSigned(device: Device, signed: SignedPreKey): void {
  if (!verify(device.identity, withType(signed.key), signed.signature)) {
    throw new StanzaError(406, 'not-acceptable');
  }
}

/** Stores a device's keys after checking the signature of the signed pre-key against its identity. */
export function storeKeys(
  device: Device,
  signed: SignedPreKey,
  oneTime: Iterable<{ id: number; key: Uint8Array }>,
): void {
  checkSigned(device, signed);
  device.shelf.signed = signed;
  device.shelf.notifiedLow = false;
  for (const { id, key } of oneTime) device.shelf.oneTime.set(id, key);
  if (device.shelf.count > MAX_KEYS) throw new StanzaError(406, 'not-acceptable');
}

function rotate(device: Device, signed: SignedPreKey): void {
  checkSigned(device, signed);
  device.shelf.signed = signed;
}

/** Notifies a device of how many one-time keys are left; below five it uploads more. */
export function notifyCount(ctx: Needs, device: Device): void {
  ctx.delivery.notify(device, 'encrypt', SERVER_JID, [
    stanza('count', { value: String(device.shelf.count) }),
  ]);
}

/** Hands out a bundle; undefined when the device never uploaded keys. */
export function takeBundle(ctx: Needs, device: Device): Bundle | undefined {
  if (device.id === 0 && device.shelf.count < LOW) notifyCount(ctx, device);
  const { signed } = device.shelf;
  if (!signed) return undefined;
  const oneTime = device.shelf.take();
  if (device.id !== 0 && device.shelf.count < LOW && !device.shelf.notifiedLow) {
    device.shelf.notifiedLow = true;
    notifyCount(ctx, device);
  }
  return { registrationId: device.registrationId, identity: device.identity, signed, oneTime };
}

function publicKey(node: Stanza | undefined): Uint8Array {
  const key = bytesOf(node);
  if (key?.length !== 32) throw new StanzaError(400, 'bad-request');
  return key;
}

function readSigned(node: Stanza | undefined): SignedPreKey {
  const id = readUint(childBytes(node, 'id'));
  const signature = childBytes(node, 'signature');
  if (id === undefined || signature?.length !== 64) throw new StanzaError(400, 'bad-request');
  return { id, key: publicKey(child(node, 'value')), signature };
}

function upload(ctx: Needs, device: Device, iq: Stanza): void {
  const registrationId = readUint(childBytes(iq, 'registration'));
  const identity = publicKey(child(iq, 'identity'));
  if (registrationId !== device.registrationId || !sameBytes(identity, device.identity)) {
    throw new StanzaError(406, 'not-acceptable');
  }
  const keys = children(child(iq, 'list'), 'key');
  if (keys.length > MAX_KEYS_PER_UPLOAD) throw new StanzaError(406, 'not-acceptable');
  const oneTime = keys.map((node) => {
    const id = readUint(childBytes(node, 'id'));
    if (id === undefined) throw new StanzaError(400, 'bad-request');
    return { id, key: publicKey(child(node, 'value')) };
  });
  storeKeys(device, readSigned(child(iq, 'skey')), oneTime);
  ctx.events.emit('companion-ready', device);
}

function signedNode(signed: SignedPreKey): Stanza {
  return stanza('skey', {}, [
    stanza('id', {}, uint(signed.id, 3)),
    stanza('value', {}, signed.key),
    stanza('signature', {}, signed.signature),
  ]);
}

function digest(device: Device): Stanza[] {
  const { signed, oneTime } = device.shelf;
  if (!signed) throw new StanzaError(404, 'item-not-found');
  const hash = createHash('sha1').update(device.identity).update(signed.key).update(signed.signature);
  for (const key of oneTime.values()) hash.update(key);
  return [
    stanza('digest', {}, [
      stanza('registration', {}, uint(device.registrationId, 4)),
      stanza('type', {}, Uint8Array.of(KEY_TYPE)),
      stanza('identity', {}, device.identity),
      signedNode(signed),
      stanza(
        'list',
        {},
        [...oneTime.keys()].map((id) => stanza('id', {}, uint(id, 3))),
      ),
      stanza('hash', {}, hash.digest()),
    ]),
  ];
}

function bundleNode(ctx: Needs, jid: string): Stanza {
  const device = ctx.directory.device(jid);
  const bundle = device && takeBundle(ctx, device);
  if (!bundle) {
    return stanza('user', { jid }, [stanza('error', { code: '404', text: 'item-not-found' })]);
  }
  const content = [
    stanza('registration', {}, uint(bundle.registrationId, 4)),
    stanza('type', {}, Uint8Array.of(KEY_TYPE)),
    stanza('identity', {}, bundle.identity),
    signedNode(bundle.signed),
  ];
  if (bundle.oneTime) {
    const { id, key } = bundle.oneTime;
    content.push(stanza('key', {}, [stanza('id', {}, uint(id, 3)), stanza('value', {}, key)]));
  }
  return stanza('user', { jid, t: String(ctx.seconds()) }, content);
}

/** `xmlns="encrypt"`: count, upload, digest, rotation and bundles. */
export function answerEncrypt(ctx: Needs, device: Device, iq: Stanza): Stanza[] {
  const request = children(iq)[0]?.tag;
  if (iq.attrs.type === 'set') {
    const rotated = child(iq, 'rotate');
    if (!rotated) upload(ctx, device, iq);
    else rotate(device, readSigned(child(rotated, 'skey')));
    return [];
  }
  if (request === 'count') return [stanza('count', { value: String(device.shelf.count) })];
  if (request === 'digest') return digest(device);
  if (request !== 'key') throw new StanzaError(400, 'bad-request');
  const users = children(child(iq, 'key'), 'user');
  if (users.length > MAX_USERS_PER_FETCH) throw new StanzaError(406, 'not-acceptable');
  return [
    stanza(
      'list',
      {},
      users.map((user) => bundleNode(ctx, user.attrs.jid ?? '')),
    ),
  ];
}
