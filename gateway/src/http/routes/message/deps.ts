import type { SendDeps } from '../../../instances/sending/deps.ts';
import type { MediaTools } from '../../../whatsapp/media/outgoing/media-room.ts';
import type { LinkPreview } from '../../../whatsapp/outbound/text.ts';

export interface MessageRouteDeps extends SendDeps {
  media: MediaTools;
  /** Unix milliseconds. */
  now(): number;
  preview(url: string): Promise<LinkPreview | null>;
}
