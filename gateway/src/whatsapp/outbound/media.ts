import type { TempFolder } from '../../storage/temp-files.ts';
import { mediaContent } from '../media/outgoing/content.ts';
import { type DeliveredMedia, deliver } from '../media/outgoing/deliver.ts';
import {
  type MediaInput,
  type MediaWorkshop,
  type PreparedMedia,
  prepareMedia,
  prepareSticker,
} from '../media/outgoing/prepare.ts';
import { type Building, type Built, beside, inContext, type OutgoingKind } from './kind.ts';

/** Files are made ready in a folder of their own, which is gone when the request is over. */
export interface MediaTools extends MediaWorkshop {
  random(bytes: number): Uint8Array;
}

/** Image, video, document or audio, with a caption where the kind has one. */
export function mediaKind(
  input: MediaInput & { caption: string | undefined },
  tools: MediaTools,
): OutgoingKind {
  const caption = input.kind === 'audio' ? undefined : input.caption;
  const room = new MediaRoom(tools);
  let media: PreparedMedia | undefined;
  return {
    type: input.kind,
    content: caption ?? '',
    async prepare() {
      media = await room.prepare(input);
    },
    async build(building) {
      const delivered = await room.deliver(media, building);
      const text = caption === undefined ? undefined : building.addressed(caption);
      const content = mediaContent(delivered.media, delivered, { caption: text, ...inContext(building) });
      return { ...built(content, delivered, building), answer: answerOf(delivered) };
    },
    release: () => room.close(),
  };
}

/** A picture as a sticker. */
export function stickerKind(input: Pick<MediaInput, 'source' | 'field'>, tools: MediaTools): OutgoingKind {
  const room = new MediaRoom(tools);
  let media: PreparedMedia | undefined;
  return {
    type: 'sticker',
    content: '',
    async prepare() {
      media = await room.prepareSticker(input);
    },
    async build(building) {
      const delivered = await room.deliver(media, building);
      const content = mediaContent(delivered.media, delivered, inContext(building));
      const { mimeType } = delivered.media;
      return {
        ...built(content, delivered, building),
        answer: { mediaMimeType: mimeType, mediaSize: delivered.size },
      };
    },
    release: () => room.close(),
  };
}

type Delivered = DeliveredMedia & { media: PreparedMedia };

function built(content: Built['proto'], { uploaded }: Delivered, building: Building): Built {
  return {
    proto: { ...content, ...beside(building) },
    ...(building.chat.kind === 'newsletter' && uploaded.handle && { mediaId: uploaded.handle }),
  };
}

/** What the answer says of the file. */
function answerOf({ media, uploaded, size }: Delivered): object {
  return {
    mediaUrl: uploaded.url,
    mediaMimeType: media.mimeType,
    mediaSize: size,
    ...(media.isVoice && media.seconds !== undefined && { mediaDuration: media.seconds }),
  };
}

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
