import type { SendOptions } from '../../../instances/sending/send-message.ts';
import type { MediaTools } from '../../../whatsapp/media/outgoing/media-room.ts';
import type { LinkPreview } from '../../../whatsapp/outbound/text.ts';

export interface MessageRouteDeps extends SendOptions {
  media: MediaTools;
  /** Unix milliseconds. */
  now(): number;
  preview(url: string): Promise<LinkPreview | null>;
}
