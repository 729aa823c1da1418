import type { proto } from '../proto.ts';
import type { Media } from './blocks.ts';
import type { Around, Kind } from './content.ts';
import { countOf, textOf } from './values.ts';

const CDN = 'https://mmg.whatsapp.net';

export function image(message: proto.Message.IImageMessage, around: Around): Kind {
  const { caption, width, height } = message;
  return captioned('image', caption, mediaOf('image', message, around, { width, height }));
}

export function video(message: proto.Message.IVideoMessage, around: Around): Kind {
  return captioned('video', message.caption, moving('video', message, around));
}

/** A round video note. */
export function videoNote(message: proto.Message.IVideoMessage, around: Around): Kind {
  return captioned('video', message.caption, moving('ptv', message, around));
}

export function audio(message: proto.Message.IAudioMessage, around: Around): Kind {
  const isVoiceNote = message.ptt === true;
  const media = mediaOf(isVoiceNote ? 'ptt' : 'audio', message, around, { seconds: message.seconds });
  return { type: 'audio', content: '', media: { ...media, isVoiceNote } };
}

export function document(message: proto.Message.IDocumentMessage, around: Around): Kind {
  const media = mediaOf('document', message, around, {});
  const fileName = textOf(message.fileName) ?? textOf(message.title);
  return captioned('document', message.caption, { ...media, fileName });
}

export function sticker(message: proto.Message.IStickerMessage, around: Around): Kind {
  const { width, height, isAnimated, isLottie } = message;
  const media = mediaOf('sticker', message, around, { width, height });
  return { type: 'sticker', content: '', media: { ...media, isAnimated: isAnimated || isLottie || false } };
}

function captioned(
  type: 'image' | 'video' | 'document',
  caption: string | null | undefined,
  media: Media,
): Kind {
  return { type, content: caption ?? '', media: { ...media, caption: textOf(caption) } };
}

function moving(type: 'video' | 'ptv', message: proto.Message.IVideoMessage, around: Around): Media {
  const { seconds, width, height } = message;
  const media = mediaOf(type, message, around, { seconds, width, height });
  return { ...media, isAnimated: message.gifPlayback === true };
}

type File = Pick<proto.Message.IImageMessage, 'url' | 'directPath' | 'mimetype' | 'fileLength' | 'viewOnce'>;
type Measure = number | null | undefined;
type Measures = { seconds?: Measure; width?: Measure; height?: Measure };

function mediaOf(type: Media['type'], file: File, around: Around, measures: Measures): Media {
  const mimeType = textOf(file.mimetype);
  return {
    type,
    mimeType,
    mimetype: mimeType,
    url: textOf(file.url) ?? (file.directPath ? CDN + file.directPath : null),
    s3Url: null,
    base64: null,
    fileName: null,
    caption: null,
    size: countOf(file.fileLength, Number.MAX_SAFE_INTEGER),
    duration: countOf(measures.seconds),
    width: countOf(measures.width),
    height: countOf(measures.height),
    isVoiceNote: false,
    isAnimated: false,
    isViewOnce: around.viewOnce || file.viewOnce === true,
    error: null,
  };
}
