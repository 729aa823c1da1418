import type { SendOptions } from '../../../instances/send-message.ts';
import type { LinkPreview } from '../../../whatsapp/outbound/text.ts';

export interface MessageRouteDeps extends SendOptions {
  preview(url: string): Promise<LinkPreview | null>;
}
