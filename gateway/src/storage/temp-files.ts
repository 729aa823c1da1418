import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';

const FOLDER = 'temporary';

/** A folder of one piece of work; what is in it goes with it. */
export class TempFolder {
  readonly #path: string;
  #made = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** A path in it that nothing uses yet. */
  next(): string {
    this.#made += 1;
    return join(this.#path, String(this.#made));
  }

  async remove(): Promise<void> {
    await rm(this.#path, { recursive: true, force: true });
  }
}

/** Files that live as long as one piece of work, inside the data folder: what tenants send may fill a disk, not memory. */
export class TempFiles {
  readonly #root: string;

  constructor(dataDir: string) {
    this.#root = join(dataDir, FOLDER);
  }

  /** Removes what a crash left behind. Only the gateway that holds the data may do that. */
  async sweep(): Promise<void> {
    await rm(this.#root, { recursive: true, force: true });
    await mkdir(this.#root, { recursive: true, mode: 0o700 });
  }

  async folder(): Promise<TempFolder> {
    return new TempFolder(await mkdtemp(join(this.#root, 'work-')));
  }
}
