import { randomBytes } from 'node:crypto';
import { proto } from 'baileys';
import { encryptMedia } from '../../media/ciphers.ts';
import { storeSealed } from '../../media/sealed.ts';
import type { ServerWith } from '../context.ts';
import type { Account } from '../model/account.ts';
import type { StoredSnapshot } from '../model/app-state.ts';

type Needs = ServerWith<'log' | 'media'>;

/** So many patches are put into one file. */
const PATCHES_PER_SNAPSHOT = 20;

/** Makes a file of a collection now and then, so that no device has to read its whole past. */
export function snapshotIfDue(
  ctx: Needs,
  account: Account,
  name: string,
  patches: readonly Uint8Array[],
): void {
  if (patches.length % PATCHES_PER_SNAPSHOT !== 0) return;
  makeSnapshot(ctx, patches.slice()).then(
    (snapshot) => account.appStateSnapshots.set(name, snapshot),
    (error) => ctx.log.warn({ err: error, name }, 'no snapshot could be made'),
  );
}

/** The server has no key: MAC and key id are those that came with the last patch. */
async function makeSnapshot(ctx: Needs, patches: Uint8Array[]): Promise<StoredSnapshot> {
  const records = new Map<string, proto.ISyncdRecord>();
  let mac: Uint8Array | null | undefined;
  let keyId: proto.IKeyId | null | undefined;
  for (const patch of patches.map((bytes) => proto.SyncdPatch.decode(bytes))) {
    for (const { operation, record } of patch.mutations) {
      const index = Buffer.from(record?.index?.blob ?? []).toString('hex');
      records.delete(index);
      if (record && operation !== proto.SyncdMutation.SyncdOperation.REMOVE) records.set(index, record);
    }
    mac = patch.snapshotMac;
    keyId = patch.keyId;
  }
  const version = patches.length;
  const whole = {
    version: { version },
    records: [...records.values()],
    mac: mac ?? null,
    keyId: keyId ?? null,
  };
  const mediaKey = randomBytes(32);
  const clear = oneChunk(proto.SyncdSnapshot.encode(whole).finish());
  const { file, digest } = await storeSealed(ctx.media, encryptMedia(clear, mediaKey, 'App State'));
  const reference = {
    mediaKey,
    directPath: ctx.media.publish(file, 'md-app-state'),
    handle: file.sha256.toString('hex'),
    fileSizeBytes: digest.size,
    fileSha256: digest.sha256,
    fileEncSha256: file.sha256,
  };
  return { version, reference: proto.ExternalBlobReference.encode(reference).finish() };
}

async function* oneChunk(bytes: Uint8Array) {
  yield bytes;
}
