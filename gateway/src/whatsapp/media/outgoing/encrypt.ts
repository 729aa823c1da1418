import { createCipheriv, createHash, createHmac, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { type KeyPurpose, MAC_BYTES, mediaKeys } from '../keys.ts';

/** A file that is ready to be uploaded. */
export interface SealedFile {
  path: string;
  /** Bytes to upload. */
  size: number;
  /** Of the clear file. */
  sha256: Uint8Array;
  clearSize: number;
  /** Absent for channels, which get the file as it is. */
  sealed?: { mediaKey: Uint8Array; sha256: Uint8Array };
}

/** Encrypts a file into another (AES-CBC, then ten bytes of HMAC) and hashes both, in one pass. */
export async function sealFile(
  source: string,
  target: string,
  { mediaKey, purpose }: { mediaKey: Uint8Array; purpose: KeyPurpose },
): Promise<SealedFile> {
  const { iv, cipherKey, macKey } = mediaKeys(mediaKey, purpose);
  const cipher = createCipheriv('aes-256-cbc', cipherKey, iv);
  const mac = createHmac('sha256', macKey).update(iv);
  const [clearHash, sealedHash] = [createHash('sha256'), createHash('sha256')];
  const out = await open(target, 'wx', 0o600);
  let clearSize = 0;
  let size = 0;
  const write = async (bytes: Uint8Array) => {
    sealedHash.update(bytes);
    size += bytes.length;
    await out.writeFile(bytes);
  };
  try {
    for await (const chunk of createReadStream(source) as AsyncIterable<Buffer>) {
      clearHash.update(chunk);
      clearSize += chunk.length;
      const bytes = cipher.update(chunk);
      mac.update(bytes);
      await write(bytes);
    }
    const last = cipher.final();
    mac.update(last);
    await write(last);
    await write(mac.digest().subarray(0, MAC_BYTES));
  } finally {
    await out.close();
  }
  const sealed = { mediaKey, sha256: sealedHash.digest() };
  return { path: target, size, sha256: clearHash.digest(), clearSize, sealed };
}

/** The file itself, for a channel. */
export async function plainFile(path: string): Promise<SealedFile> {
  const hash: Hash = createHash('sha256');
  let size = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    size += chunk.length;
  }
  return { path, size, sha256: hash.digest(), clearSize: size };
}
