import { stat } from 'node:fs/promises';
import { whatsAppError } from '../../errors.ts';
import { bytesOf, SOURCE_LIMITS } from './limits.ts';
import { probe } from './probe.ts';
import { type Ffmpeg, ToolFailed, ToolMissing, untrusted } from './tools.ts';
import { LevelMeter, waveformOf } from './waveform.ts';

export const VOICE_MIME = 'audio/ogg; codecs=opus';
const CONVERTED_MIME = 'audio/mp4';

/** Plain audio that WhatsApp plays as it is, by what its bytes say: the type that it is sent with. */
const PLAYABLE: Record<string, string> = {
  'audio/mpeg': 'audio/mpeg',
  'audio/mp4': 'audio/mp4',
  'video/mp4': 'audio/mp4',
  'audio/aac': 'audio/aac',
  'audio/ogg': 'audio/ogg',
  'application/ogg': 'audio/ogg',
  [VOICE_MIME]: VOICE_MIME,
  'audio/amr': 'audio/amr',
};

const VOICE_CODEC = [
  '-c:a',
  'libopus',
  '-b:a',
  '32k',
  '-ar',
  '48000',
  '-ac',
  '1',
  '-application',
  'voip',
  '-f',
  'ogg',
];
const MUSIC_CODEC = ['-c:a', 'aac', '-b:a', '128k', '-movflags', '+faststart', '-f', 'ipod'];
/** Only sound, and nothing that is written about it. */
const SOUND_ONLY = ['-vn', '-sn', '-dn', '-map', '0:a:0', '-map_metadata', '-1'];

/** What a converted recording may weigh: as much as one that is sent as it is. */
const MAX_BYTES = bytesOf(SOURCE_LIMITS.audio);

export interface Sound {
  path: string;
  mimeType: string;
}

/** A recording as WhatsApp takes it: as it is where it can be, else converted to a file of its own. */
export async function playable(
  tools: Ffmpeg,
  source: { path: string; sniffed: string | null; explicit: string | undefined },
  { isVoice, target }: { isVoice: boolean; target: string },
): Promise<Sound> {
  const { path, sniffed, explicit } = source;
  if (isVoice && sniffed === VOICE_MIME) return { path, mimeType: VOICE_MIME };
  const asItIs =
    !isVoice && sniffed !== null && Object.hasOwn(PLAYABLE, sniffed) ? PLAYABLE[sniffed] : undefined;
  if (asItIs) return { path, mimeType: explicit ?? asItIs };
  try {
    const codec = isVoice ? VOICE_CODEC : MUSIC_CODEC;
    const bound = ['-fs', String(MAX_BYTES + 1)];
    await tools.ffmpeg([...untrusted(path), ...SOUND_ONLY, ...codec, ...bound, `file:${target}`]);
  } catch (error) {
    if (error instanceof ToolMissing) throw whatsAppError('conversion_unavailable', undefined, error);
    if (error instanceof ToolFailed)
      throw whatsAppError('media_unconvertible', { reason: error.message }, error);
    throw error;
  }
  if ((await stat(target)).size > MAX_BYTES) {
    throw whatsAppError('media_unconvertible', { reason: 'result too large' });
  }
  return { path: target, mimeType: isVoice ? VOICE_MIME : CONVERTED_MIME };
}

/** Seconds, rounded as players show them; undefined when they cannot be known here. */
export async function soundDuration(tools: Ffmpeg, path: string): Promise<number | undefined> {
  const { duration } = await probe(tools, path);
  return duration === undefined ? undefined : Math.max(1, Math.round(duration));
}

/** What a voice note's bubble shows; undefined when the recording cannot be decoded here. */
export async function soundWaveform(tools: Ffmpeg, path: string): Promise<Uint8Array | undefined> {
  const meter = new LevelMeter();
  try {
    const raw = ['-vn', '-map', '0:a:0', '-ac', '1', '-ar', '8000', '-f', 's16le', 'pipe:1'];
    await tools.ffmpeg([...untrusted(path), ...raw], (chunk) => meter.take(chunk));
  } catch (error) {
    // Without it the note is shown with a flat line, which is no reason not to send it.
    if (error instanceof ToolMissing || error instanceof ToolFailed) return undefined;
    throw error;
  }
  return waveformOf(meter.levels());
}
