import { mediaContent } from '../media/outgoing/content.ts';
import { MediaRoom, type MediaTools } from '../media/outgoing/media-room.ts';
import type { MediaInput, PreparedMedia } from '../media/outgoing/prepare.ts';
import type { proto } from '../proto.ts';
import type { Building } from './kind.ts';

/** The part of a header that is a file. */
export type MediaHeader = Pick<
  proto.Message.InteractiveMessage.IHeader,
  'hasMediaAttachment' | 'imageMessage' | 'videoMessage' | 'documentMessage'
>;

export interface DeliveredHeaders {
  /** In the order of what was asked for; undefined where there is no file. */
  headers: (MediaHeader | undefined)[];
  /** Handle of a file in a post of a channel, which can have one. */
  mediaId?: string;
}

/** The files in the headers of one message: ready before the delay, uploaded after it. */
export class HeaderMedia {
  readonly #inputs: readonly (MediaInput | undefined)[];
  readonly #room: MediaRoom;
  readonly #prepared: (PreparedMedia | undefined)[] = [];

  constructor(inputs: readonly (MediaInput | undefined)[], tools: MediaTools) {
    this.#inputs = inputs;
    this.#room = new MediaRoom(tools);
  }

  /** Fetches, checks and converts the files, so that one that is refused is refused before the delay. Throws `WhatsAppError`. */
  async prepare(): Promise<void> {
    for (const input of this.#inputs) this.#prepared.push(input && (await this.#room.prepare(input)));
  }

  async deliver(building: Building): Promise<DeliveredHeaders> {
    const headers: (MediaHeader | undefined)[] = [];
    let mediaId: string | undefined;
    for (const media of this.#prepared) {
      if (!media) {
        headers.push(undefined);
        continue;
      }
      const delivered = await this.#room.deliver(media, building);
      if (building.chat.kind === 'newsletter') mediaId ??= delivered.uploaded.handle ?? undefined;
      headers.push({ hasMediaAttachment: true, ...mediaContent(media, delivered) });
    }
    return { headers, ...(mediaId !== undefined && { mediaId }) };
  }

  release(): Promise<void> {
    return this.#room.close();
  }
}
