import type { Digest } from './ciphers.ts';
import type { MediaStore, StoredFile } from './store.ts';

/** Puts a file on the media host as it is encrypted; resolves with what the clear file was, too. */
export async function storeSealed(
  store: MediaStore,
  sealed: AsyncGenerator<Buffer, Digest>,
): Promise<{ file: StoredFile; digest: Digest }> {
  let digest: Digest | undefined;
  async function* watched() {
    digest = yield* sealed;
  }
  const file = await store.receive(watched());
  if (!digest) throw new Error('the file was not encrypted to its end');
  return { file, digest };
}
