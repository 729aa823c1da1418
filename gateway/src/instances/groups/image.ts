import {
  PictureFailed,
  type PictureOptions,
  pictureText,
  squarePicture,
} from '../../whatsapp/media/outgoing/picture.ts';

/** A group's picture as WhatsApp takes it, or the public text of what is wrong with it. */
export async function readImage(
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

/** The text of a picture that was good and that WhatsApp did not take. */
export function imageRefused(reason: string): string {
  return `WhatsApp refused the image: ${reason}`;
}
