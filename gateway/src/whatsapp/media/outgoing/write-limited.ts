import { open } from 'node:fs/promises';
import { whatsAppError } from '../../errors.ts';
import { bytesOf } from './limits.ts';

/**
 * Writes a stream to a new file, and stops at the first byte over the limit with `media_too_large`.
 * @param announced what the sender says that it will be, 0 when it does not: then nothing is read for nothing
 * @returns bytes written
 */
export async function writeLimited(
  source: AsyncIterable<Uint8Array>,
  path: string,
  megabytes: number,
  announced = 0,
): Promise<number> {
  const limit = bytesOf(megabytes);
  if (announced > limit) throw whatsAppError('media_too_large', { megabytes });
  const file = await open(path, 'wx', 0o600);
  try {
    let size = 0;
    for await (const chunk of source) {
      size += chunk.length;
      if (size > limit) throw whatsAppError('media_too_large', { megabytes });
      await file.writeFile(chunk);
    }
    return size;
  } finally {
    await file.close();
  }
}
