import { createHash, createHmac, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DownloadFaults } from './download-faults.ts';

/** What one upload may weigh; WhatsApp's own bounds are wider. */
export const MAX_UPLOAD_BYTES = 128 * 1024 * 1024;
/** All files together; the oldest go first. */
const MAX_STORED_BYTES = 1024 * 1024 * 1024;
const MAX_PATHS = 20_000;
export const AUTH_TTL_SECONDS = 6 * 3600;

/** The directories under which WhatsApp's media hosts serve each kind of upload. */
const FAMILIES: Record<string, string> = {
  image: 't62.7118-24',
  video: 't62.7161-24',
  document: 't62.7119-24',
  audio: 't62.7117-24',
  'md-app-state': 't62.39234-24',
  'biz-cover-photo': 't62.76458-24',
};
const OTHER_FAMILY = 't62.15575-24';

/** A file as it was uploaded (encrypted, except for newsletters), named by its hash. */
export interface StoredFile {
  path: string;
  size: number;
  sha256: Buffer;
}

/** An upload that is refused; `status` is the HTTP answer. */
export class UploadError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Uploaded files on disk and the paths under which they are served; nothing of them is held in memory. */
export class MediaStore {
  readonly #secret = randomBytes(32);
  readonly #clock: () => number;
  readonly #files = new Map<string, StoredFile>();
  readonly #paths = new Map<string, { file: StoredFile; gone: number | undefined }>();
  #folder: string | undefined;
  #bytes = 0;
  #parts = 0;
  /** Host and port of the HTTPS server; set when it listens. */
  host = '';
  /** Set by the control API: what goes wrong with the next downloads. */
  readonly downloads = new DownloadFaults();
  /** Set by the control API: the status that uploads are refused with. */
  refusal: number | undefined;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** Made when it is first needed. */
  get folder(): string {
    this.#folder ??= mkdtempSync(join(tmpdir(), 'whatsapp-sandbox-'));
    return this.#folder;
  }

  /** A token for uploads, as `media_conn` hands it out; it carries its own expiry. */
  issueAuth(): string {
    const expires = String(Math.floor(this.#clock() / 1000) + AUTH_TTL_SECONDS);
    return `${expires}.${this.#sign(expires)}`;
  }

  isAuth(token: string): boolean {
    const [expires = '', signature] = token.split('.');
    return signature === this.#sign(expires) && Number(expires) * 1000 > this.#clock();
  }

  /**
   * Writes an upload to disk while hashing it.
   * @param expected hash that the uploader announced; an `UploadError` when the bytes are others
   */
  async receive(source: AsyncIterable<Uint8Array>, expected?: Buffer): Promise<StoredFile> {
    this.#parts += 1;
    const part = join(this.folder, `part-${this.#parts}`);
    const out = await open(part, 'wx');
    const hash = createHash('sha256');
    let size = 0;
    try {
      for await (const chunk of source) {
        size += chunk.length;
        if (size > MAX_UPLOAD_BYTES) throw new UploadError(413, 'the file is too large');
        hash.update(chunk);
        await out.writeFile(chunk);
      }
      if (size === 0) throw new UploadError(400, 'the file is empty');
      const sha256 = hash.digest();
      if (expected && !sha256.equals(expected))
        throw new UploadError(400, 'the hash is not that of the file');
      const file = { path: join(this.folder, sha256.toString('hex')), size, sha256 };
      await rename(part, file.path);
      this.#keep(file);
      return file;
    } catch (error) {
      await rm(part, { force: true });
      throw error;
    } finally {
      await out.close();
    }
  }

  /**
   * A new path under which a file is served.
   * @param type what stands in the upload's URL, like `image`
   */
  publish(file: StoredFile, type: string): string {
    const family = FAMILIES[type] ?? OTHER_FAMILY;
    const name = `${randomBytes(8).readBigUInt64BE()}_${randomBytes(7).readUIntBE(0, 6)}_n.enc`;
    const path = `/v/${family}/${name}?ccb=11-4&oh=${randomBytes(12).toString('base64url')}&oe=7FFFFFFF&mms3=true`;
    this.#paths.set(path, { file, gone: undefined });
    for (const oldest of this.#paths.keys()) {
      if (this.#paths.size <= MAX_PATHS) break;
      this.#paths.delete(oldest);
    }
    return path;
  }

  /** Serves a small file in the clear, like the picture of a profile, under a path that depends on its id alone. */
  keepPicture(id: string, jpeg: Uint8Array): string {
    const path = `/v/t61.24694-24/${id}_n.jpg?ccb=11-4&oh=01&oe=7FFFFFFF`;
    if (typeof this.find(path) !== 'number') return path;
    const sha256 = createHash('sha256').update(jpeg).digest();
    const file = { path: join(this.folder, sha256.toString('hex')), size: jpeg.length, sha256 };
    writeFileSync(file.path, jpeg);
    this.#keep(file);
    this.#paths.set(path, { file, gone: undefined });
    return path;
  }

  /**
   * What a path leads to: a file, or the status of the answer when there is none (any more). Clients put
   * `&hash=…&mms-type=…&__wa-mms=` behind the path that they were given.
   */
  find(path: string): StoredFile | number {
    const found = this.#paths.get(path.replace(/&hash=.*$/, ''));
    if (!found || !this.#files.has(found.file.path)) return found?.gone ?? 404;
    return found.gone ?? found.file;
  }

  /** From now on a path is answered with a status and no file; false when it was never given out. */
  expire(path: string, status: number): boolean {
    const found = this.#paths.get(path);
    if (found) found.gone = status;
    return found !== undefined;
  }

  /** Deletes every file. */
  close(): void {
    if (this.#folder) rmSync(this.#folder, { recursive: true, force: true });
  }

  #keep(file: StoredFile): void {
    if (!this.#files.has(file.path)) this.#bytes += file.size;
    this.#files.delete(file.path);
    this.#files.set(file.path, file);
    for (const [path, oldest] of this.#files) {
      if (this.#bytes <= MAX_STORED_BYTES) return;
      this.#files.delete(path);
      this.#bytes -= oldest.size;
      rmSync(path, { force: true });
    }
  }

  #sign(expires: string): string {
    return createHmac('sha256', this.#secret).update(expires).digest('base64url');
  }
}
