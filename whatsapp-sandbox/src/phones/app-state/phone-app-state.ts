import type { proto } from 'baileys';
import { type Needs as PatchNeeds, takePatch } from '../../server/accounts/app-state.ts';
import type { ServerWith } from '../../server/context.ts';
import type { Account, Device } from '../../server/model/account.ts';
import { COLLECTIONS, patchesOf } from '../../server/model/app-state.ts';
import { sameBytes } from '../../wire/keys.ts';
import { Collection } from './collection.ts';
import { type AppStateKey, makeAppStateKey } from './keys.ts';
import { AppStateDamaged, type Mutation } from './records.ts';

/** What the app state needs of the phone that it belongs to. */
interface Owner {
  readonly ctx: PatchNeeds & ServerWith<'clock'>;
  readonly account: Account;
  readonly device: Device;
}

type CollectionName = (typeof COLLECTIONS)[number];

/** One entry of the app state, in clear. */
export interface Action {
  collection: string;
  index: string[];
  value: proto.ISyncActionValue;
}

/** The phone's side of the app state: it owns the keys, makes changes, and checks the changes of other devices. */
export class PhoneAppState {
  readonly #phone: Owner;
  readonly #collections = new Map<string, Collection>(
    COLLECTIONS.map((name) => [name, new Collection(name)]),
  );
  /** Collections with a patch whose MACs are wrong: nothing after it can be believed. */
  readonly #damaged = new Map<string, string>();
  #keys: AppStateKey[] = [];
  #key: AppStateKey;

  constructor(phone: Owner) {
    this.#phone = phone;
    this.#key = this.rotate();
  }

  /** Every key so far; the last one is in use. */
  get keys(): readonly AppStateKey[] {
    return this.#keys;
  }

  /** What `--state` kept; the patches are read again from the server's copy. */
  restore(keys: AppStateKey[]): void {
    this.#keys = keys;
    this.#key = keys.at(-1) ?? this.#key;
    for (const name of COLLECTIONS) this.sync(name);
  }

  /** From now on changes are made with a new key, which no other device has yet. */
  rotate(): AppStateKey {
    this.#key = makeAppStateKey(this.#phone.ctx.clock());
    this.#keys.push(this.#key);
    this.#phone.ctx.touch();
    return this.#key;
  }

  /** Takes in what others have put on top. */
  sync(name: string): void {
    const collection = this.#collections.get(name);
    if (!collection || this.#damaged.has(name)) return;
    const { account, ctx } = this.#phone;
    const patches = patchesOf(account, name);
    try {
      for (const patch of patches.slice(collection.version)) {
        collection.apply(patch, collection.version + 1, (id) => this.#keyWith(id));
      }
    } catch (error) {
      this.#damaged.set(name, error instanceof Error ? error.message : String(error));
      ctx.stats.appState.damaged += 1;
      ctx.log.warn({ err: error, phone: account.number, name }, 'the phone does not believe a patch');
    }
  }

  /** Makes one change and notifies the companions. */
  change(name: CollectionName, mutation: Mutation): void {
    this.sync(name);
    const collection = this.#collections.get(name);
    const { ctx, device } = this.#phone;
    const patch = collection?.patchFor(this.#key, mutation);
    if (!collection || !patch || !takePatch(ctx, device, name, collection.version, patch)) {
      throw new AppStateDamaged(`the collection ${name} is damaged: ${this.#damaged.get(name)}`);
    }
    this.sync(name);
  }

  get actions(): Action[] {
    return [...this.#collections.values()].flatMap(({ name: collection, actions }) =>
      actions.map((action) => ({ collection, ...action })),
    );
  }

  get collections() {
    return Object.fromEntries(
      [...this.#collections.values()].map(({ name, version }) => [
        name,
        { version, damaged: this.#damaged.get(name) ?? null },
      ]),
    );
  }

  #keyWith(id: Uint8Array): AppStateKey {
    const key = this.#keys.find((each) => sameBytes(each.id, id));
    if (!key) throw new AppStateDamaged('the key of a patch is not one of this phone');
    return key;
  }
}
