import { WhatsAppError, whatsAppError } from '../whatsapp/errors.ts';
import { type PictureOptions, squarePicture } from '../whatsapp/media/outgoing/picture.ts';
import { refusalReason } from './refusal.ts';

/**
 * The picture of a group or channel as WhatsApp takes it, or what is wrong with it. `source`: URL, data URI or base64.
 */
export async function readPicture(
  source: string,
  fetch: PictureOptions['fetch'],
): Promise<{ jpeg: Uint8Array } | { error: WhatsAppError }> {
  try {
    return { jpeg: await squarePicture(source, { fetch, field: 'image', rawBase64: true }) };
  } catch (error) {
    if (error instanceof WhatsAppError) return { error };
    throw error;
  }
}

/** A picture that could be read and that WhatsApp did not take. Throws what is not a `SendFailed`. */
export function pictureRefused(error: unknown): WhatsAppError {
  return whatsAppError('picture_refused', { field: 'image', reason: refusalReason(error) }, error);
}
