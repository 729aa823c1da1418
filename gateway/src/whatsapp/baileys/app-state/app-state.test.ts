import { randomBytes } from 'node:crypto';
import { type BinaryNode, proto } from 'baileys';
import { describe, expect, test } from 'vitest';
import { silentLog } from '../../../events/testing/events.ts';
import { SendFailed } from '../../session.ts';
import { AccountKeys } from './account-keys.ts';
import type { CollectionAnswer } from './answers.ts';
import { AppState } from './app-state.ts';
import { type Mutation, SET } from './cipher.ts';
import type { Held } from './collection.ts';

const NAME = 'regular_low';
const KEY = { id: randomBytes(6), data: randomBytes(32) };

const archived = (value: boolean, timestamp: number): Mutation => ({
  operation: SET,
  index: ['archive', '5511999999999@s.whatsapp.net'],
  value: { archiveChatAction: { archived: value }, timestamp },
  apiVersion: 3,
});

/** Numbered patches, as a server without a key keeps them. `beforeUpload` runs before another device adds one. */
class PatchServer {
  readonly patches: proto.ISyncdPatch[] = [];
  beforeUpload: () => Promise<void> = async () => {};

  async ask([asked]: BinaryNode[]): Promise<CollectionAnswer[]> {
    const version = Number(asked?.attrs.version);
    const [patch] = (asked?.content ?? []) as BinaryNode[];
    const answer = { name: NAME, snapshot: null, patches: [], more: false, refused: null };
    if (!patch) return [{ ...answer, patches: this.patches.slice(version) }];
    await this.beforeUpload();
    if (version !== this.patches.length) return [{ ...answer, refused: { code: 409, text: 'conflict' } }];
    this.patches.push(proto.SyncdPatch.decode(patch.content as Uint8Array));
    return [answer];
  }
}

function device(server: PatchServer) {
  const macs = new Map<string, Uint8Array>();
  const applied: Mutation[] = [];
  const held = new Map<string, Held>();
  const state = new AppState({
    keys: new AccountKeys(
      {
        read: async () => ({ keyData: KEY.data }),
        current: () => KEY.id.toString('base64'),
        request: async () => {},
      },
      () => 0,
    ),
    ask: (collections) => server.ask(collections),
    download: () => Promise.reject(new Error('there are no files here')),
    mutationsOf: () => [],
    held: async () => held,
    async commit([step]) {
      const { version, hash, entries, mutations } = step!.advance;
      for (const [index, mac] of entries) {
        if (mac) macs.set(index, mac);
        else macs.delete(index);
      }
      const valueMacs = async (indexes: string[]) =>
        new Map(indexes.flatMap((index) => (macs.has(index) ? [[index, macs.get(index)!] as const] : [])));
      held.set(NAME, { version, hash, valueMacs });
      applied.push(...mutations);
    },
    log: silentLog,
  });
  const says = () => applied.at(-1)?.value.archiveChatAction?.archived;
  return { push: (mutation: Mutation) => state.push(NAME, mutation), sync: () => state.sync([NAME]), says };
}

describe('two devices that change the same entry at the same time', () => {
  /** Ours says that the chat is archived; the other one is faster and says that it is not. */
  async function race(ours: number, theirs: number) {
    const server = new PatchServer();
    const [here, there] = [device(server), device(server)];
    server.beforeUpload = async () => {
      server.beforeUpload = async () => {};
      await there.push(archived(false, theirs));
    };
    await here.push(archived(true, ours));
    await there.sync();
    return { here: here.says(), there: there.says(), patches: server.patches.length };
  }

  test('agree on the later change, which is put on top of the earlier one', async () => {
    expect(await race(2_000, 1_000)).toEqual({ here: true, there: true, patches: 2 });
  });

  test('agree on what the faster one said when that is the later change', async () => {
    expect(await race(1_000, 2_000)).toEqual({ here: false, there: false, patches: 1 });
  });
});

test('a device that is always overtaken gives up after a while', async () => {
  const server = new PatchServer();
  const [here, there] = [device(server), device(server)];
  let turns = 0;
  server.beforeUpload = async () => {
    const overtake = server.beforeUpload;
    server.beforeUpload = async () => {};
    await there.push({ ...archived(false, ++turns), index: ['archive', `${turns}@s.whatsapp.net`] });
    server.beforeUpload = overtake;
  };
  await expect(here.push(archived(true, 1))).rejects.toThrow(SendFailed);
  expect(turns).toBe(5);
  expect(here.says()).toBe(false);
});

test('what can be read is stored together, also when the other collections fail', async () => {
  const committed: string[][] = [];
  const answer = { snapshot: null, patches: [], more: false, refused: null };
  const state = new AppState({
    keys: new AccountKeys(
      { read: async () => undefined, current: () => undefined, request: async () => {} },
      () => 0,
    ),
    ask: async () => [
      { ...answer, name: 'regular_high' },
      { ...answer, name: 'regular_low', refused: { code: 400, text: 'bad request' } },
      { ...answer, name: 'regular' },
    ],
    download: () => Promise.reject(new Error('there are no files here')),
    mutationsOf: () => [],
    held: async () => new Map(),
    commit: async (steps) => void committed.push(steps.map(({ advance }) => advance.name)),
    log: silentLog,
  });
  await expect(state.sync(['regular_high', 'regular_low', 'regular'])).rejects.toThrow(SendFailed);
  expect(committed).toEqual([['regular_high', 'regular']]);
});
