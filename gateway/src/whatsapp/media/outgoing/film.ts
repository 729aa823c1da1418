import { whatsAppError } from '../../errors.ts';
import { sightOf } from './image.ts';
import { probe } from './probe.ts';
import { type Ffmpeg, ToolFailed, ToolMissing, untrusted } from './tools.ts';

const AS_IT_IS = new Set(['video/mp4', 'video/3gpp']);

export interface Film {
  width: number | undefined;
  height: number | undefined;
  seconds: number | undefined;
  thumbnail: Uint8Array | undefined;
}

/** MP4 and 3GP only: WhatsApp plays nothing else, and films are not converted. Gives the type to send it with. */
export function requirePlayable(
  sniffed: string | null,
  mimeType: string,
  explicit: string | undefined,
): string {
  if (sniffed !== null && AS_IT_IS.has(sniffed)) return explicit ?? sniffed;
  throw whatsAppError('media_unsupported', { mime: sniffed ?? mimeType });
}

/** What a client shows of a film before it is there, as far as that can be known here. */
export async function filmOf(tools: Ffmpeg, path: string): Promise<Film> {
  const { duration, width, height } = await probe(tools, path);
  return {
    width,
    height,
    seconds: duration === undefined ? undefined : Math.round(duration),
    thumbnail: await firstFrame(tools, path),
  };
}

async function firstFrame(tools: Ffmpeg, path: string): Promise<Uint8Array | undefined> {
  try {
    const one = [
      '-an',
      '-frames:v',
      '1',
      '-vf',
      'scale=144:-2',
      '-c:v',
      'mjpeg',
      '-f',
      'image2pipe',
      'pipe:1',
    ];
    const frame = await tools.ffmpeg([...untrusted(path), ...one]);
    return frame.length > 0 ? (await sightOf(frame)).thumbnail : undefined;
  } catch (error) {
    // The film is shown without a picture until it is there.
    if (error instanceof ToolMissing || error instanceof ToolFailed) return undefined;
    throw error;
  }
}
