/**
 * Everything that `whatsapp/` refuses a request for by itself, as a closed set: a code and what its public text needs.
 * Status and text live in `http/whatsapp-errors.ts`; a code without them does not compile. What WhatsApp refuses is
 * `SendFailed`.
 */
export interface WhatsAppErrors {
  // who a message goes to, or is about
  recipient_invalid: { number: string };
  /** An address of a kind that the operation does not take. */
  recipient_unsupported: { number: string };
  user_invalid: { role: 'mention' | 'participant'; value: string };

  // where a file comes from
  base64_invalid: undefined;
  source_invalid: { field: string };
  source_too_long: { field: string; characters: number };
  source_forbidden: { field: string };
  mime_type_invalid: { mimeType: string };
  media_download_failed: { reason: string };
  media_too_large: { megabytes: number };

  // a picture of a profile, group or channel; `field` as the request names it
  picture_source_invalid: { field: string };
  picture_forbidden: { field: string };
  picture_download_failed: { field: string; reason: string };
  picture_too_large: { field: string };
  picture_invalid: { field: string };
  /** WhatsApp did not take one that could be read. */
  picture_refused: { field: string; reason: string };

  // what it is
  media_mismatch: { expected: string; found: string };
  media_unsupported: { mime: string };
  media_unconvertible: { reason: string };
  conversion_unavailable: undefined;
  sticker_unsupported: { mime: string };
  sticker_unconvertible: { reason: string };

  // where it goes
  media_upload_failed: { reason: string };
}

export type WhatsAppErrorCode = keyof WhatsAppErrors;

/** `whatsapp/` cannot do what a request asks for. */
export class WhatsAppError<C extends WhatsAppErrorCode = WhatsAppErrorCode> extends Error {
  override name = 'WhatsAppError';
  readonly code: C;
  readonly details: WhatsAppErrors[C];

  constructor(code: C, details: WhatsAppErrors[C], options?: ErrorOptions) {
    super(code, options);
    this.code = code;
    this.details = details;
  }
}

type WithoutDetails = {
  [C in WhatsAppErrorCode]: WhatsAppErrors[C] extends undefined ? C : never;
}[WhatsAppErrorCode];

/** `whatsAppError('base64_invalid')`, `whatsAppError('media_too_large', { megabytes })`; `cause` goes to the log only. */
export function whatsAppError<C extends WithoutDetails>(
  code: C,
  details?: undefined,
  cause?: unknown,
): WhatsAppError<C>;
export function whatsAppError<C extends WhatsAppErrorCode>(
  code: C,
  details: WhatsAppErrors[C],
  cause?: unknown,
): WhatsAppError<C>;
export function whatsAppError<C extends WhatsAppErrorCode>(
  code: C,
  details: WhatsAppErrors[C],
  cause?: unknown,
): WhatsAppError<C> {
  return new WhatsAppError(code, details, cause === undefined ? undefined : { cause });
}
