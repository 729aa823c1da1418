import { copyFile, stat, writeFile } from 'node:fs/promises';
import sharp from 'sharp';
import { WhatsAppError, whatsAppError } from '../../errors.ts';

const SIDE = 512;
const STATIC_BYTES = 100 * 1024;
const ANIMATED_BYTES = 500 * 1024;
/** Every frame is decoded to a megabyte. */
const MAX_FRAMES = 300;
const MAX_PIXELS = 100_000_000;
const QUALITIES = [90, 75, 60, 45, 30, 20, 10, 5, 1];
const SOURCES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);
const CLEAR = { r: 0, g: 0, b: 0, alpha: 0 };

export interface Sticker {
  animated: boolean;
}

/**
 * Makes a sticker: WebP, 512 by 512, the picture fitted inside on a transparent ground, in the best quality that is
 * small enough. One that is a sticker already is taken as it is.
 */
export async function makeSticker(
  source: { path: string; mime: string; isSniffed: boolean },
  target: string,
): Promise<Sticker> {
  if (!SOURCES.has(source.mime)) throw whatsAppError('sticker_unsupported', { mime: source.mime });
  // Called so by the client alone: its bytes are something else, which sharp might take for a drawing.
  if (!source.isSniffed) throw unconvertible('the image cannot be decoded');
  try {
    const {
      pages = 1,
      width,
      height,
      pageHeight,
      format,
    } = await sharp(source.path, {
      animated: true,
      limitInputPixels: MAX_PIXELS,
    }).metadata();
    if (pages > MAX_FRAMES) throw unconvertible('too many frames');
    const animated = pages > 1;
    const limit = animated ? ANIMATED_BYTES : STATIC_BYTES;
    const isSticker = format === 'webp' && width === SIDE && (pageHeight ?? height) === SIDE;
    if (isSticker && (await stat(source.path)).size <= limit) await copyFile(source.path, target);
    else await shrink(source.path, target, { animated, limit });
    return { animated };
  } catch (error) {
    if (error instanceof WhatsAppError) throw error;
    throw unconvertible('the image cannot be decoded', error);
  }
}

async function shrink(
  path: string,
  target: string,
  { animated, limit }: { animated: boolean; limit: number },
) {
  for (const quality of QUALITIES) {
    const picture = sharp(path, { animated, limitInputPixels: MAX_PIXELS });
    const webp = await (animated ? picture : picture.autoOrient())
      .resize(SIDE, SIDE, { fit: 'contain', background: CLEAR })
      .webp({ quality, alphaQuality: Math.max(quality, 50), effort: 4 })
      .toBuffer();
    if (webp.length <= limit) return writeFile(target, webp, { mode: 0o600 });
  }
  throw unconvertible('result too large');
}

function unconvertible(reason: string, cause?: unknown) {
  return whatsAppError('sticker_unconvertible', { reason }, cause);
}
