import { z } from 'zod';
import { type MediaSource, readSource } from '../../../whatsapp/media/outgoing/source.ts';
import { absentWhenNull, continues, optionalText, says } from '../../fields.ts';
import { STRING_CHARACTERS } from './fields.ts';

const MAX_SECONDS = 86_400;
const WAVEFORM = 'Waveform must be an array of 1 to 1024 integers between 0 and 255';
const MAX_WAVEFORM = 1_024;

/** A URL or base64: only the limits of media bound it, so it is not looked at before it is needed. */
export const mediaText = z
  .string()
  .nullish()
  .transform((text) => text || undefined);

const isByte = (value: unknown) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 255;

const waveform = absentWhenNull(
  z
    .union([z.array(z.unknown()), z.string()])
    .transform((value) =>
      typeof value === 'string'
        ? [...Buffer.from(value, 'base64')]
        : value.every(isByte)
          ? (value as number[])
          : [],
    )
    .refine((bytes) => bytes.length >= 1 && bytes.length <= MAX_WAVEFORM, says(WAVEFORM))
    .transform((bytes) => Uint8Array.from(bytes)),
);

const duration = absentWhenNull(
  z
    .number('integer')
    .refine(Number.isInteger, { message: 'integer', params: { rule: 'integer' }, abort: true })
    .refine(
      (seconds) => seconds >= 0 && seconds <= MAX_SECONDS,
      continues(`must be between 0 and ${MAX_SECONDS} seconds`),
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

/** Exactly one of `mediaUrl` and `mediaBase64`. Throws the contract's failures. */
export function chosenSource(body: { mediaUrl: string | undefined; mediaBase64: string | undefined }): {
  source: MediaSource;
  field: string;
} {
  const { mediaUrl, mediaBase64 } = body;
  if (mediaUrl !== undefined) return { source: readSource(mediaUrl, 'MediaUrl'), field: 'MediaUrl' };
  return { source: readSource(mediaBase64 ?? '', 'MediaBase64', false), field: 'MediaBase64' };
}

/** For a schema: both or neither is refused. */
export const oneSource = [
  ({ mediaUrl, mediaBase64 }: { mediaUrl?: string | undefined; mediaBase64?: string | undefined }) =>
    (mediaUrl === undefined) !== (mediaBase64 === undefined),
  says('Exactly one of mediaUrl or mediaBase64 is required'),
] as const;
