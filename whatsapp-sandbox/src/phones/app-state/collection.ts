import { proto } from 'baileys';
import { sameBytes } from '../../wire/keys.ts';
import { type AppStateKey, mutationKeys, patchMac, snapshotMac } from './keys.ts';
import { EMPTY_HASH, withChanges } from './lt-hash.ts';
import {
  AppStateDamaged,
  type Mutation,
  openMutation,
  readSealed,
  SET,
  type Sealed,
  sealMutation,
} from './records.ts';

/** One collection as its phone knows it: MACs for the hash, actions in clear. */
export class Collection {
  readonly name: string;
  version = 0;
  #hash = EMPTY_HASH;
  /** Value MACs by index MAC, in hexadecimal. */
  #macs = new Map<string, Uint8Array>();
  /** What it says, by index as JSON. */
  #actions = new Map<string, proto.ISyncActionValue>();

  constructor(name: string) {
    this.name = name;
  }

  get actions(): { index: string[]; value: proto.ISyncActionValue }[] {
    return [...this.#actions].map(([index, value]) => ({ index: JSON.parse(index), value }));
  }

  /** The next patch, with this one mutation, on top of what is here; nothing changes yet. */
  patchFor(key: AppStateKey, mutation: Mutation): Uint8Array {
    const sealed = sealMutation(key, mutation);
    const version = this.version + 1;
    const keys = mutationKeys(key);
    const vouched = snapshotMac(keys, this.#mixed([sealed]).hash, version, this.name);
    const valueMacs = [sealed.valueMac];
    return proto.SyncdPatch.encode({
      mutations: [{ operation: sealed.operation, record: sealed.record }],
      snapshotMac: vouched,
      patchMac: patchMac(keys, { snapshotMac: vouched, valueMacs, version, name: this.name }),
      keyId: { id: key.id },
    }).finish();
  }

  /** Applies a patch that the server has numbered. Throws `AppStateDamaged` and changes nothing when a MAC is wrong. */
  apply(bytes: Uint8Array, version: number, keyOf: (id: Uint8Array) => AppStateKey): void {
    const patch = proto.SyncdPatch.decode(bytes);
    const sealed = patch.mutations.map(readSealed).filter((each) => each !== null);
    const keys = mutationKeys(keyOf(patch.keyId?.id ?? new Uint8Array()));
    const vouched = patch.snapshotMac ?? new Uint8Array();
    const valueMacs = sealed.map((each) => each.valueMac);
    const expected = patchMac(keys, { snapshotMac: vouched, valueMacs, version, name: this.name });
    if (!sameBytes(expected, patch.patchMac ?? new Uint8Array())) {
      throw new AppStateDamaged('the MAC of a patch is wrong');
    }
    const opened = sealed.map((each) => openMutation(keyOf(each.record.keyId?.id ?? new Uint8Array()), each));
    const { hash, macs } = this.#mixed(sealed);
    if (!sameBytes(snapshotMac(keys, hash, version, this.name), vouched)) {
      throw new AppStateDamaged('the MAC of the collection is wrong');
    }
    this.version = version;
    this.#hash = hash;
    this.#macs = macs;
    for (const { operation, index, value } of opened) {
      if (operation === SET) this.#actions.set(JSON.stringify(index), value);
      else this.#actions.delete(JSON.stringify(index));
    }
  }

  #mixed(sealed: Sealed[]) {
    const macs = new Map(this.#macs);
    const added: Uint8Array[] = [];
    const removed: Uint8Array[] = [];
    for (const { operation, indexMac, valueMac } of sealed) {
      const index = Buffer.from(indexMac).toString('hex');
      const before = macs.get(index);
      if (before) removed.push(before);
      macs.delete(index);
      if (operation !== SET) continue;
      macs.set(index, valueMac);
      added.push(valueMac);
    }
    return { hash: withChanges(this.#hash, added, removed), macs };
  }
}
