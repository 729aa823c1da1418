import { proto } from 'baileys';
import { bytesOf, child, children, type Stanza, stanza } from '../../wire/stanza.ts';
import type { ServerWith } from '../context.ts';
import type { Device } from '../model/account.ts';
import { COLLECTIONS, patchesOf } from '../model/app-state.ts';
import { StanzaError } from '../stanza-error.ts';
import { snapshotIfDue } from './app-state-snapshots.ts';

/** What taking and handing out patches needs of the server. */
export type Needs = ServerWith<'delivery' | 'faults' | 'log' | 'media' | 'stats' | 'touch'>;

/** More are fetched with the next request. */
const PATCHES_PER_ANSWER = 20;
const MUTATIONS_PER_PATCH = 1_000;
const MAC_BYTES = 32;

/** `xmlns="w:sync:app:state"`: fetches collections, or puts a patch on top of one. */
export function answerAppState(ctx: Needs, device: Device, iq: Stanza): Stanza[] {
  const asked = children(child(iq, 'sync'), 'collection');
  if (iq.attrs.type !== 'set' || asked.length === 0) throw new StanzaError(400, 'bad-request');
  return [
    stanza(
      'sync',
      {},
      asked.map((collection) => answerCollection(ctx, device, collection)),
    ),
  ];
}

function answerCollection(ctx: Needs, device: Device, asked: Stanza): Stanza {
  const name = known(asked.attrs.name);
  const version = Number(asked.attrs.version ?? 0);
  const patches = patchesOf(device.account, name);
  if (!Number.isInteger(version) || version < 0 || version > patches.length)
    return refused(name, 400, 'bad-request');
  const patch = bytesOf(child(asked, 'patch'));
  if (!patch) {
    const whole = asked.attrs.return_snapshot === 'true';
    return fetched(ctx, device, name, whole ? 0 : version, whole);
  }
  if (!isWellFormed(patch)) return refused(name, 400, 'bad-request');
  if (!takePatch(ctx, device, name, version, patch)) {
    ctx.stats.appState.conflicts += 1;
    const { attrs, content } = fetched(ctx, device, name, version);
    const conflict = stanza('error', { code: '409', text: 'conflict' });
    return stanza('collection', { ...attrs, type: 'error' }, [conflict, ...(content as Stanza[])]);
  }
  return stanza('collection', { name, version: String(patches.length) });
}

/** Puts a patch on top of `version` and notifies the account's other devices; false when that is not the top. */
export function takePatch(
  ctx: Needs,
  device: Device,
  name: string,
  version: number,
  patch: Uint8Array,
): boolean {
  const patches = patchesOf(device.account, name);
  if (version !== patches.length) return false;
  const numbered = { ...proto.SyncdPatch.decode(patch), version: { version: version + 1 } };
  patches.push(proto.SyncdPatch.encode(numbered).finish());
  ctx.stats.appState.patches += 1;
  snapshotIfDue(ctx, device.account, name, patches);
  ctx.touch();
  const changed = stanza('collection', { name, version: String(patches.length) });
  for (const other of device.account.devices.values()) {
    if (other !== device) ctx.delivery.notify(other, 'server_sync', 's.whatsapp.net', [changed]);
  }
  return true;
}

function fetched(ctx: Needs, device: Device, name: string, after: number, whole = false): Stanza {
  const all = patchesOf(device.account, name);
  const snapshot = whole ? device.account.appStateSnapshots.get(name) : undefined;
  const from = snapshot?.version ?? after;
  const some = all.slice(from, from + PATCHES_PER_ANSWER);
  const more = from + some.length < all.length;
  const attrs = { name, version: String(from + some.length), has_more_patches: String(more) };
  const patches = some.map((patch) => stanza('patch', {}, handedOver(ctx, device, patch)));
  if (snapshot) ctx.stats.appState.snapshots += 1;
  return stanza('collection', attrs, [
    ...(snapshot ? [stanza('snapshot', {}, snapshot.reference)] : []),
    ...(patches.length > 0 ? [stanza('patches', {}, patches)] : []),
  ]);
}

function handedOver(ctx: Needs, device: Device, patch: Uint8Array): Uint8Array {
  if (!ctx.faults.strike('corrupt-app-state', device)) return patch;
  // Decoding shares the memory: what is kept must stay as it is.
  const damaged = proto.SyncdPatch.decode(Uint8Array.from(patch));
  const blob = damaged.mutations[0]?.record?.value?.blob;
  blob?.set([(blob.at(-1) ?? 0) ^ 1], blob.length - 1);
  return proto.SyncdPatch.encode(damaged).finish();
}

/** What can be checked without the key. */
function isWellFormed(bytes: Uint8Array): boolean {
  try {
    const { mutations, snapshotMac, patchMac, keyId } = proto.SyncdPatch.decode(bytes);
    const macs = [snapshotMac, patchMac, ...mutations.map(({ record }) => record?.index?.blob)];
    if (mutations.length === 0 || mutations.length > MUTATIONS_PER_PATCH || !keyId?.id) return false;
    return (
      macs.every((mac) => mac?.length === MAC_BYTES) &&
      mutations.every(({ record }) => record?.keyId?.id && (record.value?.blob?.length ?? 0) > MAC_BYTES)
    );
  } catch {
    return false; // no protobuf at all: refused like any other patch that is none
  }
}

function refused(name: string, code: number, text: string): Stanza {
  return stanza('collection', { name, type: 'error' }, [stanza('error', { code: String(code), text })]);
}

function known(name: string | undefined): string {
  const found = COLLECTIONS.find((each) => each === name);
  if (!found) throw new StanzaError(400, 'bad-request');
  return found;
}
