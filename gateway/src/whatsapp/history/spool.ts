import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createInflate } from 'node:zlib';

/**
 * Puts a chunk into a file and gives it unpacked, as it is read from there. Only at its end a download is known to be
 * what the phone has sent, and nothing of another may get into the mailbox; and a chunk may be larger than what is to
 * be in memory.
 */
export async function spooled(
  source: AsyncIterable<Uint8Array>,
  file: string,
): Promise<AsyncIterable<Uint8Array>> {
  await writeFile(file, source, { mode: 0o600 });
  return unpacked(createReadStream(file));
}

/** A chunk as it is sent: deflated. An error of `source` is thrown where the result is read. */
export function unpacked(source: NodeJS.ReadableStream): AsyncIterable<Uint8Array> {
  const inflate = createInflate();
  source.on('error', (error) => inflate.destroy(error));
  return source.pipe(inflate);
}
