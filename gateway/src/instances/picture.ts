import {
  PictureFailed,
  type PictureOptions,
  pictureText,
  squarePicture,
} from '../whatsapp/media/outgoing/picture.ts';

/**
 * The picture of a group or channel as WhatsApp takes it, or the public text of what is wrong with it. `source`: URL,
 * data URI or base64.
 */
export async function readPicture(
  source: string,
  fetch: PictureOptions['fetch'],
): Promise<{ jpeg: Uint8Array } | { error: string }> {
  try {
    return { jpeg: await squarePicture(source, { fetch, rawBase64: true }) };
  } catch (error) {
    if (error instanceof PictureFailed) return { error: pictureText(error.problem, 'image') };
    throw error;
  }
}

/** The text of a picture that could be read and that WhatsApp did not take. */
export function pictureRefused(reason: string): string {
  return `WhatsApp refused the image: ${reason}`;
}
