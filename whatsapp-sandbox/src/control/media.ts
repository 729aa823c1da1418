import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Phones } from '../phones/directory.ts';
import { readHeld } from '../phones/media/receiving.ts';
import { MEDIA_KINDS, type MediaToSend } from '../phones/media/sending.ts';
import type { ServerContext } from '../server/context.ts';
import { optionalChoice, optionalFlag, optionalInteger, optionalText, text } from './fields.ts';
import { ControlError, type Route } from './http.ts';
import { phoneOf } from './phones.ts';

const MAX_DATA_CHARS = 24 * 1024 * 1024;
/** A file in base64 and what is said of it. */
export const MAX_MEDIA_BODY_BYTES = MAX_DATA_CHARS + 1024 * 1024;
const MAX_RANDOM_BYTES = 120 * 1024 * 1024;
const CHUNK_BYTES = 64 * 1024;
const MAX_DELAY_MS = 60_000;
const MAX_TIMES = 1_000_000;

/** Reads `media` of a send: `{kind, data | bytes, …}`; undefined when there is none. */
export function mediaToSend(body: Record<string, unknown>): MediaToSend | undefined {
  const media = body.media;
  if (media === undefined || media === null) return undefined;
  if (typeof media !== 'object' || Array.isArray(media))
    throw new ControlError(400, 'media must be an object');
  const fields = media as Record<string, unknown>;
  const kind = optionalChoice(fields, 'kind', MEDIA_KINDS);
  if (!kind) throw new ControlError(400, `kind must be one of ${MEDIA_KINDS.join(', ')}`);
  return {
    kind,
    clear: clearBytes(fields),
    mimetype: optionalText(fields, 'mimetype', 200),
    caption: optionalText(fields, 'caption'),
    fileName: optionalText(fields, 'fileName', 1000),
    seconds: optionalInteger(fields, 'seconds', 0, 1_000_000),
    width: optionalInteger(fields, 'width', 1, 100_000),
    height: optionalInteger(fields, 'height', 1, 100_000),
    pageCount: optionalInteger(fields, 'pageCount', 1, 100_000),
    waveform: amplitudes(fields),
    jpegThumbnail: optionalBytes(fields, 'thumbnail'),
    animated: optionalFlag(fields, 'animated'),
    viewOnce: optionalFlag(fields, 'viewOnce'),
  };
}

/** The media host's misbehaviour, and the files that phones have. */
export function mediaRoutes(ctx: ServerContext, phones: Phones): Route[] {
  const held = (number: string | undefined, id: string | undefined) => {
    const phone = phoneOf(phones, number);
    const file = phone.gallery.get(id ?? '');
    if (!file) throw new ControlError(404, `this phone has no file of message ${id}`);
    return { phone, file };
  };
  return [
    {
      method: 'POST',
      path: '/control/media/expire',
      handle: ({ body }) => {
        const directPath = text(body, 'directPath', 2000);
        const status = optionalInteger(body, 'status', 400, 599) ?? 410;
        if (!ctx.media.expire(directPath, status)) throw new ControlError(404, 'nothing was stored there');
        return { directPath, status };
      },
    },
    {
      method: 'POST',
      path: '/control/media/uploads',
      handle: ({ body }) => {
        ctx.media.refusal = optionalInteger(body, 'status', 400, 599);
        return { status: ctx.media.refusal ?? null };
      },
    },
    {
      method: 'POST',
      path: '/control/media/downloads',
      handle: ({ body }) => {
        const fault = {
          status: optionalInteger(body, 'status', 400, 599),
          damaged: optionalFlag(body, 'damaged'),
          delay: optionalInteger(body, 'delay', 0, MAX_DELAY_MS),
        };
        const times = optionalInteger(body, 'times', 0, MAX_TIMES) ?? MAX_TIMES;
        ctx.media.downloads.set(fault, times);
        return { ...fault, times };
      },
    },
    {
      method: 'GET',
      path: '/control/phones/:number/media/:id',
      handle: ({ params }) => Readable.from(readHeld(held(params.number, params.id).file)),
    },
    {
      method: 'DELETE',
      path: '/control/phones/:number/media/:id',
      handle: ({ params }) => {
        const { phone } = held(params.number, params.id);
        phone.gallery.delete(params.id ?? '');
        return { id: params.id };
      },
    },
  ];
}

/** `data` is the file in base64; `bytes` asks for that many random ones, for files larger than a request may be. */
function clearBytes(fields: Record<string, unknown>): AsyncIterable<Uint8Array> {
  const size = optionalInteger(fields, 'bytes', 1, MAX_RANDOM_BYTES);
  if (size !== undefined) return randomFile(size);
  const data = Buffer.from(text(fields, 'data', MAX_DATA_CHARS), 'base64');
  if (data.length === 0) throw new ControlError(400, 'data is not base64');
  return Readable.from([data]);
}

async function* randomFile(size: number): AsyncGenerator<Uint8Array> {
  for (let left = size; left > 0; left -= CHUNK_BYTES) yield randomBytes(Math.min(left, CHUNK_BYTES));
}

function amplitudes(fields: Record<string, unknown>): Uint8Array | undefined {
  const { waveform } = fields;
  if (waveform === undefined || waveform === null) return undefined;
  const isAmplitude = (value: unknown) =>
    Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 100;
  if (!Array.isArray(waveform) || !waveform.every(isAmplitude)) {
    throw new ControlError(400, 'waveform must be a list of whole numbers from 0 to 100');
  }
  return Uint8Array.from(waveform);
}

function optionalBytes(fields: Record<string, unknown>, name: string): Uint8Array | undefined {
  const value = optionalText(fields, name, MAX_DATA_CHARS);
  return value === undefined ? undefined : Buffer.from(value, 'base64');
}
