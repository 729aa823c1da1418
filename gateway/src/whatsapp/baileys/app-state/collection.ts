import { proto, toNumber } from 'baileys';
import {
  AppStateDamaged,
  type AppStateKey,
  EMPTY_HASH,
  type Mutation,
  mixed,
  open,
  patchMac,
  readSealed,
  requireMac,
  SET,
  type Sealed,
  seal,
  snapshotMac,
} from './cipher.ts';

/** The keys of the account; throws `AppStateKeyMissing`. */
export type KeyOf = (id: Uint8Array | null | undefined) => Promise<AppStateKey>;

/** What is stored of a collection: how far it was read, its hash, and the value MACs that the hash is made of. */
export interface Held {
  version: number;
  hash: Uint8Array;
  /** Value MACs of these entries, by index MAC in base64; those that are not held are left out. */
  valueMacs(indexMacs: string[]): Promise<Map<string, Uint8Array>>;
}

/** A step from one version of a collection to a later one, checked. */
export interface Advance {
  name: string;
  version: number;
  hash: Uint8Array;
  /** Entries that changed, by index MAC in base64; null = taken away. */
  entries: Map<string, Uint8Array | null>;
  /** The collection was read from its beginning: what was stored of it goes. */
  fromScratch: boolean;
  /**
   * Every change, in its order: what was put and taken away again is returned as both. From the beginning, only what
   * each entry says in the end: the steps to it are of the past.
   */
  mutations: Mutation[];
}

export const NOTHING_HELD: Held = { version: 0, hash: EMPTY_HASH, valueMacs: async () => new Map() };

/** Takes in what comes for one collection and checks each piece; nothing is kept before all of it is right. */
export class CollectionReader {
  readonly #name: string;
  readonly #held: Held;
  readonly #keyOf: KeyOf;
  readonly #entries = new Map<string, Uint8Array | null>();
  readonly #mutations: Mutation[] = [];
  #version: number;
  #hash: Uint8Array;
  #fromScratch: boolean;

  constructor(name: string, held: Held, keyOf: KeyOf) {
    this.#name = name;
    this.#held = held;
    this.#keyOf = keyOf;
    this.#version = held.version;
    this.#hash = held.hash;
    this.#fromScratch = held === NOTHING_HELD;
  }

  get version(): number {
    return this.#version;
  }

  /** A whole collection in the place of everything before. Throws `AppStateDamaged` and `AppStateKeyMissing`. */
  async snapshot(bytes: Uint8Array): Promise<void> {
    const { version, records, mac, keyId } = proto.SyncdSnapshot.decode(bytes);
    this.#fromScratch = true;
    this.#hash = EMPTY_HASH;
    this.#entries.clear();
    this.#mutations.length = 0;
    this.#version = toNumber(version?.version);
    await this.#mix(records.map((record) => readSealed(record, SET)));
    const key = await this.#keyOf(keyId?.id);
    requireMac('snapshot', snapshotMac(key, this.#hash, this.#version, this.#name), mac);
  }

  /** The next patch; `external`: its mutations when they came as a file. Throws like `snapshot`. */
  async patch(patch: proto.ISyncdPatch, external: proto.ISyncdMutation[] = []): Promise<void> {
    const version = this.#version + 1;
    const numbered = patch.version?.version;
    // Baileys takes a gap for a damaged hash; here it has an error of its own.
    if (numbered && toNumber(numbered) !== version) throw new AppStateDamaged(`patch ${version} is missing`);
    const all = [...(patch.mutations ?? []), ...external];
    const mutations = all.map(({ record, operation }) => readSealed(record, operation ?? SET));
    const key = await this.#keyOf(patch.keyId?.id);
    const vouched = patch.snapshotMac ?? new Uint8Array();
    requireMac(
      'patch',
      patchMac(key, { snapshotMac: vouched, mutations, version, name: this.#name }),
      patch.patchMac,
    );
    await this.#mix(mutations);
    requireMac('collection', snapshotMac(key, this.#hash, version, this.#name), vouched);
    this.#version = version;
  }

  /** What was read; null when there was nothing new. That a collection is empty counts as new the first time. */
  advance(): Advance | null {
    if (this.#version === this.#held.version && !this.#fromScratch) return null;
    return {
      name: this.#name,
      version: this.#version,
      hash: this.#hash,
      entries: this.#entries,
      fromScratch: this.#fromScratch,
      mutations: this.#fromScratch ? lastOfEach(this.#mutations) : this.#mutations,
    };
  }

  async #mix(sealed: Sealed[]): Promise<void> {
    const opened: Mutation[] = [];
    for (const each of sealed) opened.push(open(await this.#keyOf(each.record.keyId?.id), each));
    this.#hash = await mixIn(
      this.#hash,
      sealed,
      this.#entries,
      this.#fromScratch ? NOTHING_HELD : this.#held,
    );
    this.#mutations.push(...opened);
  }
}

function lastOfEach(mutations: Mutation[]): Mutation[] {
  return [...new Map(mutations.map((mutation) => [JSON.stringify(mutation.index), mutation])).values()];
}

/** A patch with one mutation on top of what is held, and the step that it is once the server took it. */
export async function nextPatch(
  name: string,
  held: Held,
  key: AppStateKey,
  mutation: Mutation,
): Promise<{ patch: Uint8Array; advance: Advance }> {
  const sealed = seal(key, mutation);
  const entries = new Map<string, Uint8Array | null>();
  const hash = await mixIn(held.hash, [sealed], entries, held);
  const version = held.version + 1;
  const vouched = snapshotMac(key, hash, version, name);
  const patch = proto.SyncdPatch.encode({
    mutations: [{ operation: sealed.operation, record: sealed.record }],
    snapshotMac: vouched,
    patchMac: patchMac(key, { snapshotMac: vouched, mutations: [sealed], version, name }),
    keyId: { id: key.id },
  }).finish();
  return { patch, advance: { name, version, hash, entries, fromScratch: false, mutations: [mutation] } };
}

/** The hash with these mutations, which are noted in `entries`. */
async function mixIn(
  hash: Uint8Array,
  sealed: Sealed[],
  entries: Map<string, Uint8Array | null>,
  held: Held,
): Promise<Uint8Array> {
  const indexes = sealed.map(({ indexMac }) => Buffer.from(indexMac).toString('base64'));
  const stored = await held.valueMacs(indexes.filter((index) => !entries.has(index)));
  const removed: Uint8Array[] = [];
  const added: Uint8Array[] = [];
  for (const [at, { operation, valueMac }] of sealed.entries()) {
    const index = indexes[at] ?? '';
    const before = entries.has(index) ? entries.get(index) : stored.get(index);
    if (before) removed.push(before);
    if (operation === SET) added.push(valueMac);
    entries.set(index, operation === SET ? valueMac : null);
  }
  return mixed(hash, removed, added);
}
