import type { BinaryNode, proto } from 'baileys';
import type { Logger } from '../../../telemetry/log.ts';
import { SendFailed } from '../../session.ts';
import { type AccountKeys, AppStateKeyMissing } from './account-keys.ts';
import { askFor, type CollectionAnswer } from './answers.ts';
import { AppStateDamaged, type Mutation } from './cipher.ts';
import { type Advance, CollectionReader, type Held, NOTHING_HELD, nextPatch } from './collection.ts';

export const COLLECTIONS = [
  'critical_block',
  'critical_unblock_low',
  'regular_high',
  'regular_low',
  'regular',
] as const;
export type CollectionName = (typeof COLLECTIONS)[number];

const CONFLICT = 409;
/** So often another device may be faster before the caller gets an error. */
const PUSH_ATTEMPTS = 5;

export interface AppStateOptions {
  keys: AccountKeys;
  /** Sends a `w:sync:app:state` request; throws `SendFailed`. */
  ask(collections: BinaryNode[]): Promise<CollectionAnswer[]>;
  /** Fetches and decrypts a file that the server refers to; throws `SendFailed`. */
  download(reference: proto.IExternalBlobReference): Promise<Uint8Array>;
  mutationsOf(file: Uint8Array): proto.ISyncdMutation[];
  /** What is stored of these collections; one that was never read is left out. */
  held(names: readonly string[]): Promise<Map<string, Held>>;
  /** Stores steps of several collections together with what they say; resolves once all of it is durable. */
  commit(steps: Step[]): Promise<void>;
  log: Logger;
}

/** `first`: nothing was stored of the collection before; `own`: made here. */
export interface Step {
  advance: Advance;
  first: boolean;
  own: boolean;
}

/**
 * The state that all devices of the account share, read and changed as WhatsApp Web does. Baileys' own reading of it
 * goes on with what has a wrong MAC, takes a refused patch for accepted and reports changes after it noted them; so
 * this stands in its place. A step is stored together with its changes, and only when every MAC was right.
 */
export class AppState {
  readonly #options: AppStateOptions;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: AppStateOptions) {
    this.#options = options;
  }

  /** Takes in what is new in these collections; what cannot be read stays as it is stored. Throws `SendFailed`. */
  sync(names: readonly string[]): Promise<void> {
    const known = COLLECTIONS.filter((name) => names.includes(name));
    return this.#inTurn(async () => {
      try {
        const damaged = await this.#read(known, false);
        const beyondRepair = damaged.length > 0 ? await this.#read(damaged, true) : [];
        if (beyondRepair.length > 0) this.#options.log.error({ names: beyondRepair }, 'app state is damaged');
      } catch (error) {
        if (!(error instanceof AppStateKeyMissing)) throw error;
        await this.#options.keys.ask(error.id); // once it is here, everything is read again
      }
    });
  }

  /** Takes in what is new in a collection, and waits for the key that it needs. Throws `SendFailed`. */
  takeIn(name: CollectionName): Promise<void> {
    return this.#withKeys(() =>
      this.#inTurn(async () => {
        await this.#takeIn(name);
      }),
    );
  }

  /** Reads a collection from its beginning. Throws `SendFailed` when that is not possible. */
  rebuild(name: CollectionName): Promise<void> {
    return this.#withKeys(() => this.#inTurn(() => this.#repair(name)));
  }

  /**
   * Changes an entry; resolves when the server took the change and it is stored. When another device is faster, its
   * changes are taken in first; one of the same entry that is newer than this stands. Throws `SendFailed`.
   */
  push(name: CollectionName, mutation: Mutation): Promise<void> {
    return this.#withKeys(() => this.#inTurn(() => this.#pushOnTop(name, mutation)));
  }

  async #pushOnTop(name: CollectionName, mutation: Mutation): Promise<void> {
    const { keys, ask, held, commit } = this.#options;
    for (let attempt = 0; attempt < PUSH_ATTEMPTS; attempt++) {
      const overtaking = await this.#takeIn(name);
      if (overtaking.some((other) => overtakes(other, mutation))) return;
      const base = (await held([name])).get(name) ?? NOTHING_HELD;
      const { patch, advance } = await nextPatch(name, base, await keys.current(), mutation);
      const [answer] = await ask([askFor(name, base.version, { patch })]);
      if (!answer) throw new SendFailed({ kind: 'failed', text: 'WhatsApp gave no answer' });
      if (!answer.refused) return commit([{ advance, first: false, own: true }]);
      if (answer.refused.code !== CONFLICT) throw refusal(answer.refused);
    }
    throw new SendFailed({ kind: 'failed', text: 'other devices kept changing it' });
  }

  /** Everything new in a collection, repaired when it is damaged. */
  async #takeIn(name: CollectionName): Promise<Mutation[]> {
    const applied: Mutation[] = [];
    const damaged = await this.#read([name], false, applied);
    if (damaged.length > 0) await this.#repair(name, applied);
    return applied;
  }

  async #repair(name: CollectionName, applied?: Mutation[]): Promise<void> {
    const damaged = await this.#read([name], true, applied);
    if (damaged.length > 0)
      throw new SendFailed({ kind: 'failed', text: 'the synchronised state is damaged' });
  }

  /**
   * Reads until there is no more; the names of collections that turned out to be damaged. What can be read is stored,
   * however the others end.
   */
  async #read(
    names: readonly CollectionName[],
    whole: boolean,
    applied?: Mutation[],
  ): Promise<CollectionName[]> {
    const { ask, held, keys, log } = this.#options;
    const stored = await held(names);
    const readers = new Map<string, CollectionReader>();
    for (const name of names) {
      const base = whole ? undefined : stored.get(name);
      readers.set(name, new CollectionReader(name, base ?? NOTHING_HELD, (id) => keys.find(id)));
    }
    const damaged: CollectionName[] = [];
    const failed: unknown[] = [];
    for (let left = [...names]; left.length > 0; ) {
      const wanted = left.map((name) => {
        const version = readers.get(name)?.version ?? 0;
        return askFor(name, version, { whole: version === 0 });
      });
      const answers = await ask(wanted);
      const unfinished: CollectionName[] = [];
      const steps: Step[] = [];
      for (const name of left) {
        const answer = answers.find((each) => each.name === name);
        const reader = readers.get(name);
        if (!answer || !reader) continue;
        try {
          const more = await this.#take(reader, answer);
          const advance = more ? null : reader.advance();
          if (more) unfinished.push(name);
          if (advance) steps.push({ advance, first: !stored.has(name), own: false });
        } catch (error) {
          if (error instanceof AppStateDamaged) damaged.push(name);
          else failed.push(error);
          log.warn({ err: error, collection: name }, 'app state could not be read');
        }
      }
      if (steps.length > 0) await this.#options.commit(steps);
      for (const { advance } of steps) applied?.push(...advance.mutations);
      left = unfinished;
    }
    if (failed.length > 0) throw failed[0];
    return damaged;
  }

  /** Takes one answer in; true when there is more. */
  async #take(reader: CollectionReader, answer: CollectionAnswer): Promise<boolean> {
    const { download, mutationsOf } = this.#options;
    if (answer.refused && answer.refused.code !== CONFLICT) throw refusal(answer.refused);
    if (answer.snapshot) await reader.snapshot(await download(answer.snapshot));
    for (const patch of answer.patches) {
      const file = patch.externalMutations && (await download(patch.externalMutations));
      await reader.patch(patch, file ? mutationsOf(file) : []);
    }
    return answer.more;
  }

  /** A key that is missing is asked for and waited for; the caller has a deadline. */
  async #withKeys(work: () => Promise<void>): Promise<void> {
    const { keys } = this.#options;
    for (;;) {
      const arrival = keys.arrival;
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof AppStateKeyMissing)) throw error;
        await keys.ask(error.id);
        await arrival;
      }
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => {}); // a failure is its caller's
    return result;
  }
}

/** Whether another device said something newer of the same entry. */
function overtakes(other: Mutation, ours: Mutation): boolean {
  if (JSON.stringify(other.index) !== JSON.stringify(ours.index)) return false;
  return Number(other.value.timestamp ?? 0) > Number(ours.value.timestamp ?? 0);
}

function refusal({ code, text }: { code: number; text: string }): SendFailed {
  return new SendFailed({ kind: 'refused', code, text });
}
