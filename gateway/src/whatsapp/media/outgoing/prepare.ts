import type { Clock } from '../../../clock.ts';
import type { GuardedFetch } from '../../../net/guarded-fetch.ts';
import type { TempFiles, TempFolder } from '../../../storage/temp-files.ts';
import { whatsAppError } from '../../errors.ts';
import { playable, soundDuration, soundWaveform } from './audio.ts';
import { decodeBase64, NotBase64 } from './base64.ts';
import { downloadUrl } from './download-url.ts';
import { filmOf, requirePlayable } from './film.ts';
import { showable, sightOf } from './image.ts';
import { type MediaKind, SOURCE_LIMITS } from './limits.ts';
import { mimeOf, requireFamily, sniffFile } from './sniff.ts';
import type { MediaSource } from './source.ts';
import { makeSticker } from './sticker.ts';
import type { Ffmpeg } from './tools.ts';
import { writeLimited } from './write-limited.ts';

/** Everything that preparing a file needs of the gateway. */
export interface MediaWorkshop {
  files: TempFiles;
  fetch: Pick<GuardedFetch, 'stream'>;
  clock: Clock;
  tools: Ffmpeg;
}

export interface MediaInput {
  kind: MediaKind;
  source: MediaSource;
  /** As error texts name where the source came from: `MediaUrl`, `cards[0].header.imageUrl`. */
  field: string;
  mimeType?: string | undefined;
  fileName?: string | undefined;
  /** Audio only. */
  voice?: { isVoice: boolean; seconds: number | undefined; waveform: Uint8Array | undefined };
}

/** A file that is ready to be sent; it lies in `folder`, which the caller removes. */
export interface PreparedMedia {
  kind: MediaKind | 'sticker';
  path: string;
  mimeType: string;
  fileName?: string;
  width?: number | undefined;
  height?: number | undefined;
  seconds?: number | undefined;
  thumbnail?: Uint8Array | undefined;
  waveform?: Uint8Array | undefined;
  isVoice?: boolean;
  animated?: boolean;
}

/** Fetches, checks and converts a file. Throws `WhatsAppError`. */
export async function prepareMedia(
  input: MediaInput,
  folder: TempFolder,
  workshop: MediaWorkshop,
): Promise<PreparedMedia> {
  const { kind, mimeType: explicit } = input;
  const { path, declared, named } = await obtain(input, SOURCE_LIMITS[kind], folder, workshop);
  const sniffed = await sniffFile(path);
  requireFamily(kind, sniffed);
  const fileName = input.fileName ?? named ?? 'file';
  const mimeType = mimeOf({ explicit, sniffed, declared, fileName });
  switch (kind) {
    case 'image': {
      const picture = await showable({ path, sniffed, explicit }, folder.next());
      return { kind, ...picture, ...(await sightOf(picture.path)) };
    }
    case 'video': {
      const type = requirePlayable(sniffed, mimeType, explicit);
      return { kind, path, mimeType: type, ...(await filmOf(workshop.tools, path)) };
    }
    case 'audio':
      return prepareSound(input, { path, sniffed, explicit }, folder, workshop);
    case 'document':
      return { kind, path, mimeType, fileName };
  }
}

/** Fetches a picture and makes a sticker of it. */
export async function prepareSticker(
  { source, field }: Pick<MediaInput, 'source' | 'field'>,
  folder: TempFolder,
  workshop: MediaWorkshop,
): Promise<PreparedMedia> {
  const { path, declared, named } = await obtain({ source, field }, SOURCE_LIMITS.sticker, folder, workshop);
  const sniffed = await sniffFile(path);
  const mime = mimeOf({ explicit: undefined, sniffed, declared, fileName: named });
  const target = folder.next();
  const { animated } = await makeSticker({ path, mime, isSniffed: sniffed !== null }, target);
  return { kind: 'sticker', path: target, mimeType: 'image/webp', width: 512, height: 512, animated };
}

async function prepareSound(
  { voice }: MediaInput,
  source: { path: string; sniffed: string | null; explicit: string | undefined },
  folder: TempFolder,
  { tools }: MediaWorkshop,
): Promise<PreparedMedia> {
  const isVoice = voice?.isVoice ?? true;
  const sound = await playable(tools, source, { isVoice, target: folder.next() });
  const seconds = voice?.seconds ?? (await soundDuration(tools, sound.path));
  const waveform = voice?.waveform ?? (isVoice ? await soundWaveform(tools, sound.path) : undefined);
  return { kind: 'audio', ...sound, seconds, waveform, isVoice };
}

/** Brings the file into the folder, and what was said of it on the way. */
async function obtain(
  { source, field }: Pick<MediaInput, 'source' | 'field'>,
  megabytes: number,
  folder: TempFolder,
  { fetch, clock }: MediaWorkshop,
): Promise<{ path: string; declared: string | null; named: string | null }> {
  const path = folder.next();
  if (source.from === 'url') {
    const found = await downloadUrl(source.url, { path, field, megabytes }, { fetch, clock });
    return { path, declared: found.contentType, named: found.fileName };
  }
  try {
    const size = await writeLimited(decodeBase64(source.base64), path, megabytes);
    if (size === 0) throw new NotBase64();
  } catch (error) {
    if (!(error instanceof NotBase64)) throw error;
    throw whatsAppError('base64_invalid', undefined, error);
  }
  return { path, declared: source.declared, named: null };
}
