import type { proto } from '../../proto.ts';
import type { DeliveredMedia } from './deliver.ts';
import type { PreparedMedia } from './prepare.ts';

/** The content of a message that is this file. */
export function mediaContent(
  media: PreparedMedia,
  { fields }: Pick<DeliveredMedia, 'fields'>,
  {
    caption,
    contextInfo,
  }: { caption?: string | undefined; contextInfo?: proto.IContextInfo | undefined } = {},
): proto.IMessage {
  const said = { ...(caption !== undefined && { caption }), ...(contextInfo && { contextInfo }) };
  const sight = {
    ...(media.width && media.height && { width: media.width, height: media.height }),
    ...(media.thumbnail && { jpegThumbnail: media.thumbnail }),
  };
  const seconds = media.seconds === undefined ? {} : { seconds: media.seconds };
  switch (media.kind) {
    case 'image':
      return { imageMessage: { ...fields, ...sight, ...said } };
    case 'video':
      return { videoMessage: { ...fields, ...sight, ...seconds, ...said } };
    case 'audio': {
      const { waveform, isVoice = false } = media;
      const recording = { ptt: isVoice, ...seconds, ...(waveform && { waveform }) };
      return { audioMessage: { ...fields, ...recording, ...(contextInfo && { contextInfo }) } };
    }
    case 'sticker':
      return {
        stickerMessage: {
          ...fields,
          ...sight,
          isAnimated: media.animated ?? false,
          ...(contextInfo && { contextInfo }),
        },
      };
    case 'document': {
      const title = media.fileName ?? 'file';
      const message = { documentMessage: { ...fields, ...said, fileName: title, title } };
      // Clients show the text beside a document only in this envelope.
      return caption === undefined ? message : { documentWithCaptionMessage: { message } };
    }
  }
}
