import { mediaContent } from '../media/outgoing/content.ts';
import { type Delivered, MediaRoom, type MediaTools } from '../media/outgoing/media-room.ts';
import type { MediaInput, PreparedMedia } from '../media/outgoing/prepare.ts';
import type { proto } from '../proto.ts';
import { wireMessage } from '../wire.ts';
import { type Building, type Built, beside, inContext, type OutgoingKind } from './kind.ts';

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

function built(content: proto.IMessage, { uploaded }: Delivered, building: Building): Built {
  return {
    message: wireMessage({ ...content, ...beside(building) }),
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
