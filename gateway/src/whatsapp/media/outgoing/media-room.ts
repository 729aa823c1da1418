import type { TempFolder } from '../../../storage/temp-files.ts';
import type { Building } from '../../outbound/kind.ts';
import { type DeliveredMedia, deliver } from './deliver.ts';
import {
  type MediaInput,
  type MediaWorkshop,
  type PreparedMedia,
  prepareMedia,
  prepareSticker,
} from './prepare.ts';

export interface MediaTools extends MediaWorkshop {
  random(bytes: number): Uint8Array;
}

export type Delivered = DeliveredMedia & { media: PreparedMedia };

/** The files of one message: fetched and converted before the delay, encrypted and uploaded after it. */
export class MediaRoom {
  readonly #tools: MediaTools;
  #folder: Promise<TempFolder> | undefined;

  constructor(tools: MediaTools) {
    this.#tools = tools;
  }

  async prepare(input: MediaInput): Promise<PreparedMedia> {
    return prepareMedia(input, await this.#open(), this.#tools);
  }

  async prepareSticker(input: Pick<MediaInput, 'source' | 'field'>): Promise<PreparedMedia> {
    return prepareSticker(input, await this.#open(), this.#tools);
  }

  async deliver(
    media: PreparedMedia | undefined,
    { session, chat }: Pick<Building, 'session' | 'chat'>,
  ): Promise<Delivered> {
    if (!media) throw new Error('a file was not prepared before it was to be sent');
    const { random, clock } = this.#tools;
    const plain = chat.kind === 'newsletter';
    const folder = await this.#open();
    return { media, ...(await deliver(media, { session, folder, plain, random, now: clock.now() })) };
  }

  /** Removes every file. */
  async close(): Promise<void> {
    await (await this.#folder)?.remove();
  }

  #open(): Promise<TempFolder> {
    this.#folder ??= this.#tools.files.folder();
    return this.#folder;
  }
}
