import { spawn } from 'node:child_process';
import { Semaphore } from '../../../async/semaphore.ts';
import type { Clock } from '../../../clock.ts';

const DEADLINE_MS = 60_000;
/** Conversions that run at the same time; each keeps one core busy. */
const AT_ONCE = 2;
const MAX_OUTPUT_BYTES = 4 * 1024 * 1024;

/**
 * What may be opened. Playlists, scripts and image sequences name other files and addresses, and a tenant's file must
 * not make this machine open those.
 */
const DEMUXERS =
  'aac,ac3,aiff,amr,amrnb,amrwb,ape,asf,au,caf,flac,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,mp3,ogg,wav,w64,wv';

/** The program is not installed. */
export class ToolMissing extends Error {
  override name = 'ToolMissing';
}

/** The program did not do what it was asked for; the message is fit for a client. */
export class ToolFailed extends Error {
  override name = 'ToolFailed';
}

/** Arguments in front of every file that a tenant gave. */
export const untrusted = (path: string) => [
  '-protocol_whitelist',
  'file',
  '-format_whitelist',
  DEMUXERS,
  '-i',
  `file:${path}`,
];

/** Debian's ffmpeg, run without a shell, a few at a time, with a deadline and a bound on what it says. */
export class Ffmpeg {
  readonly #clock: Clock;
  readonly #places = new Semaphore(AT_ONCE);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Converts or renders. */
  ffmpeg(args: string[], onOutput?: (chunk: Buffer) => void): Promise<Buffer> {
    const quiet = ['-hide_banner', '-nostdin', '-loglevel', 'error', '-threads', '1', ...args];
    return this.#inTurn(() => this.#run('ffmpeg', quiet, onOutput));
  }

  /** What is in a file, as ffprobe's JSON. */
  async probe(path: string): Promise<unknown> {
    const args = ['-loglevel', 'error', '-print_format', 'json', '-show_format', '-show_streams'];
    const output = await this.#inTurn(() => this.#run('ffprobe', [...args, ...untrusted(path)]));
    return JSON.parse(output.toString());
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const leave = await this.#places.enter();
    try {
      return await work();
    } finally {
      leave();
    }
  }

  /** @param onOutput takes the output as it comes; without it the output is returned, up to a bound */
  #run(program: string, args: string[], onOutput?: (chunk: Buffer) => void): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'], windowsHide: true });
      const chunks: Buffer[] = [];
      let size = 0;
      let killedFor: string | undefined;
      const kill = (why: string) => {
        killedFor ??= why;
        child.kill('SIGKILL');
      };
      const cancel = this.#clock.after(DEADLINE_MS, () => kill('timed out'));
      child.stdout.on('data', (chunk: Buffer) => {
        if (onOutput) return onOutput(chunk);
        size += chunk.length;
        if (size > MAX_OUTPUT_BYTES) return kill('the file cannot be decoded');
        chunks.push(chunk);
      });
      child.once('error', (error: NodeJS.ErrnoException) => {
        cancel();
        reject(error.code === 'ENOENT' ? new ToolMissing(program) : error);
      });
      child.once('close', (code) => {
        cancel();
        if (code === 0) resolve(Buffer.concat(chunks));
        else reject(new ToolFailed(killedFor ?? 'the file cannot be decoded'));
      });
    });
  }
}
