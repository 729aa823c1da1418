/** The five collections of the app state, which a phone and its companions share. */
export const COLLECTIONS = [
  'critical_block',
  'critical_unblock_low',
  'regular_high',
  'regular_low',
  'regular',
] as const;

/** What the server keeps of one collection: encoded patches, the first of which made version 1. It has no key. */
export type StoredPatches = Uint8Array[];

/** A whole collection as a file. */
export interface StoredSnapshot {
  /** It stands in the place of the patches up to this one. */
  version: number;
  /** Encoded `ExternalBlobReference`. */
  reference: Uint8Array;
}

/** The patches of one collection of an account, from the first on; empty when there is none yet. */
export function patchesOf(
  account: { readonly appState: Map<string, StoredPatches> },
  name: string,
): StoredPatches {
  let patches = account.appState.get(name);
  if (!patches) {
    patches = [];
    account.appState.set(name, patches);
  }
  return patches;
}
