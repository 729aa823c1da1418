import { z } from 'zod';
import { SpooledText } from '../../../storage/spooled-text.ts';
import type { MediaKind } from '../../../whatsapp/media/outgoing/limits.ts';
import type { MediaTools } from '../../../whatsapp/media/outgoing/media-room.ts';
import { requireMimeType } from '../../../whatsapp/media/outgoing/sniff.ts';
import { type MediaSource, readSource } from '../../../whatsapp/media/outgoing/source.ts';
import type { OutgoingKind } from '../../../whatsapp/outbound/kind.ts';
import { mediaKind } from '../../../whatsapp/outbound/media.ts';
import { absentWhenNull, fieldError, optionalText, sentenceError, textError } from '../../body/fields.ts';
import { STRING_CHARACTERS } from './fields.ts';

const MAX_SECONDS = 86_400;
const WAVEFORM = 'Waveform must be an array of 1 to 1024 integers between 0 and 255';
const MAX_WAVEFORM = 1_024;

/** Every field of these routes that takes a file. */
export const FILE_FIELDS = ['mediaUrl', 'mediaBase64', 'imageUrl', 'videoUrl'] as const;

/** What a client gives a file by; long base64 is in a temporary file already. */
export type MediaText = string | SpooledText;

/** A URL or base64, `undefined` when missing or blank: only the limits of media bound it, so it is not read before it is needed. */
export const mediaText = z
  .any()
  .refine((text) => text == null || isMediaText(text), fieldError({ rule: 'string' }))
  .nullish()
  .transform((text: MediaText | null | undefined) =>
    typeof text === 'string' && !/\S/.test(text) ? undefined : (text ?? undefined),
  );

/** Like `mediaText`, and missing or blank is an error. */
export const requiredMedia = mediaText
  .refine((text) => text !== undefined, fieldError({ rule: 'required' }))
  .transform((text) => text ?? '');

function isMediaText(value: unknown): value is MediaText {
  return typeof value === 'string' || value instanceof SpooledText;
}

const isByte = (value: unknown) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 255;

const waveform = absentWhenNull(
  z
    .union([z.array(z.unknown()), z.string()], 'array')
    .transform((value) =>
      typeof value === 'string'
        ? [...Buffer.from(value, 'base64')]
        : value.every(isByte)
          ? (value as number[])
          : [],
    )
    .refine((bytes) => bytes.length >= 1 && bytes.length <= MAX_WAVEFORM, textError(WAVEFORM))
    .transform((bytes) => Uint8Array.from(bytes)),
);

const duration = absentWhenNull(
  z
    .number('integer')
    .refine(Number.isInteger, { message: 'integer', params: { rule: 'integer' }, abort: true })
    .refine(
      (seconds) => seconds >= 0 && seconds <= MAX_SECONDS,
      sentenceError(`must be between 0 and ${MAX_SECONDS} seconds`),
    ),
);

/** What the routes that send a file take of it. */
export const mediaFields = {
  mediaUrl: mediaText,
  mediaBase64: mediaText,
  mimeType: optionalText(STRING_CHARACTERS),
  fileName: optionalText(STRING_CHARACTERS),
  /** True when left out; audio only. */
  isVoice: absentWhenNull(z.boolean()).transform((value) => value ?? true),
  duration,
  waveform,
};

type Sources = { mediaUrl?: MediaText | undefined; mediaBase64?: MediaText | undefined };

/** For `superRefine`: both or neither is refused. */
export function requireOneSource({ mediaUrl, mediaBase64 }: Sources, context: z.RefinementCtx): void {
  if ((mediaUrl === undefined) !== (mediaBase64 === undefined)) return;
  context.addIssue({ code: 'custom', ...textError('Exactly one of mediaUrl or mediaBase64 is required') });
}

/** The message that these fields describe. Throws `field_invalid`. */
export function fileKind(
  kind: MediaKind,
  body: Sources & {
    message: string | undefined;
    mimeType: string | undefined;
    fileName: string | undefined;
    isVoice: boolean;
    duration: number | undefined;
    waveform: Uint8Array | undefined;
  },
  tools: MediaTools,
): OutgoingKind {
  const { message, mimeType, fileName, isVoice, duration, waveform } = body;
  const file = {
    kind,
    ...chosenSource(body),
    mimeType: mimeType === undefined ? undefined : requireMimeType(mimeType),
    fileName,
    voice: { isVoice, seconds: duration, waveform },
  };
  return mediaKind({ ...file, caption: message }, tools);
}

function chosenSource({ mediaUrl, mediaBase64 }: Sources): { source: MediaSource; field: string } {
  if (mediaUrl !== undefined) return { source: readSource(mediaUrl, 'MediaUrl'), field: 'MediaUrl' };
  return { source: readSource(mediaBase64 ?? '', 'MediaBase64', false), field: 'MediaBase64' };
}
