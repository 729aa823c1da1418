import type { WhatsAppErrorCode, WhatsAppErrors } from '../whatsapp/errors.ts';
import type { PublicError } from './public-error.ts';

/** Status and public text of what `whatsapp/` refuses by itself. The texts are the contract's literals. */
export const whatsAppErrors: { readonly [C in WhatsAppErrorCode]: PublicError<WhatsAppErrors[C]> } = {
  recipient_invalid: { status: 400, text: ({ number }) => `Invalid number: ${number}` },
  recipient_unsupported: { status: 400, text: ({ number }) => `Unsupported recipient: ${number}` },
  user_invalid: { status: 400, text: ({ role, value }) => `Invalid ${role}: ${value}` },

  base64_invalid: { status: 400, text: 'Invalid base64 data' },
  source_invalid: { status: 400, text: ({ field }) => `${field} must be an http(s) URL or base64 data` },
  source_too_long: {
    status: 400,
    text: ({ field, characters }) => `${field} must be at most ${characters} characters`,
  },
  source_forbidden: { status: 400, text: ({ field }) => `${field} address is not allowed` },
  mime_type_invalid: { status: 400, text: ({ mimeType }) => `Invalid mimeType: ${mimeType}` },
  media_download_failed: { status: 400, text: ({ reason }) => `Failed to download media: ${reason}` },
  media_too_large: { status: 413, text: ({ megabytes }) => `Media too large: limit is ${megabytes} MB` },

  picture_source_invalid: {
    status: 400,
    text: ({ field }) => `${capitalized(field)} must be an http(s) URL or a data:image base64 URI`,
  },
  picture_forbidden: { status: 400, text: ({ field }) => `${capitalized(field)} address is not allowed` },
  picture_download_failed: {
    status: 400,
    text: ({ field, reason }) => `Failed to download ${field}: ${reason}`,
  },
  picture_too_large: { status: 400, text: ({ field }) => `${capitalized(field)} must be at most 10 MB` },
  picture_invalid: { status: 400, text: ({ field }) => `${capitalized(field)} is not a valid image` },
  picture_refused: { status: 500, text: ({ field, reason }) => `WhatsApp refused the ${field}: ${reason}` },

  media_mismatch: {
    status: 400,
    text: ({ expected, found }) => `Media type mismatch: expected ${expected}, got ${found}`,
  },
  media_unsupported: { status: 400, text: ({ mime }) => `Unsupported media: ${mime}` },
  media_unconvertible: { status: 400, text: ({ reason }) => `Failed to convert media: ${reason}` },
  conversion_unavailable: { status: 501, text: 'Audio conversion is not available on this server' },
  sticker_unsupported: { status: 400, text: ({ mime }) => `Unsupported sticker image: ${mime}` },
  sticker_unconvertible: { status: 400, text: ({ reason }) => `Failed to convert sticker: ${reason}` },

  media_upload_failed: { status: 500, text: ({ reason }) => `Failed to upload media: ${reason}` },
};

/** The field's name at the start of a sentence. */
function capitalized(field: string): string {
  return field.charAt(0).toUpperCase() + field.slice(1);
}
