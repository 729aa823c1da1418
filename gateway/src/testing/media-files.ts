import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { inject, test } from 'vitest';
import { atEnd } from './at-end.ts';

const run = promisify(execFile);
const TONE = ['-f', 'lavfi', '-i', 'sine=frequency=440:duration=3'];
const FILM = ['-f', 'lavfi', '-i', 'testsrc=duration=2:size=320x240:rate=10'];

/** Whether ffmpeg is there. Tests that need it are registered only then; the run has said that they are left out. */
export const hasFfmpeg = inject('ffmpeg');

/** What ffmpeg makes of a tone or a test picture, by file name. */
const RENDERED: Record<string, string[]> = {
  'tone.wav': [...TONE],
  'tone.mp3': [...TONE],
  'tone.m4a': [...TONE],
  'tone.aac': [...TONE],
  'tone.flac': [...TONE],
  'tone.opus.ogg': [...TONE, '-c:a', 'libopus'],
  'tone.vorbis.ogg': [...TONE, '-c:a', 'libvorbis'],
  'tone.webm': [...TONE, '-c:a', 'libopus'],
  'tone.mp4': [...TONE, '-c:a', 'aac'],
  'film.mp4': [...FILM, ...TONE, '-shortest', '-pix_fmt', 'yuv420p'],
  'film.3gp': [...FILM, '-c:v', 'mpeg4'],
  'film.webm': [...FILM, '-c:v', 'libvpx', '-deadline', 'realtime'],
  'film.mov': [...FILM, '-pix_fmt', 'yuv420p'],
  'moving.gif': [...FILM],
};

/** Registers a test that needs ffmpeg, where it is. */
export function testWithFfmpeg(name: string, run: () => Promise<void>): void {
  if (hasFfmpeg) test(name, run);
}

/** The rows of a table of tests that can be run: without ffmpeg, those that name no file which it makes. */
export function runnable<Row>(rows: Row[]): Row[] {
  const named = (row: Row) => Object.keys(RENDERED).some((name) => JSON.stringify(row).includes(name));
  return hasFfmpeg ? rows : rows.filter((row) => !named(row));
}

/** One small file of every format that the tests send, by name; without ffmpeg, those that can be made without it. */
export async function mediaFiles(): Promise<Record<string, Buffer>> {
  const folder = await mkdtemp(join(tmpdir(), 'media-files-'));
  const rendered = Object.entries(hasFfmpeg ? RENDERED : {}).map(async ([name, args]) => {
    const path = join(folder, name);
    await run('ffmpeg', ['-loglevel', 'error', '-y', ...args, path]);
    return [name, await readFile(path)] as const;
  });
  const picture = sharp({ create: { width: 300, height: 200, channels: 3, background: '#3366cc' } });
  const drawn = (['jpeg', 'png', 'webp', 'tiff', 'gif'] as const).map(
    async (format) => [`picture.${format}`, await picture.clone().toFormat(format).toBuffer()] as const,
  );
  const files = Object.fromEntries(await Promise.all([...rendered, ...drawn]));
  await rm(folder, { recursive: true });
  const text = {
    'note.txt': Buffer.from('just text\n'.repeat(50)),
    'paper.pdf': Buffer.from('%PDF-1.4\n%%EOF\n'),
  };
  return { ...files, ...text };
}

type Serve = (response: ServerResponse) => void;

/** A web server with files at `/files/<name>`, and what else a test puts at a path. */
export async function fileServer(
  files: Record<string, Buffer>,
  places: Record<string, Serve> = {},
): Promise<{ url: string; requests: string[] }> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    requests.push(path);
    const place = places[path];
    const file = files[decodeURIComponent(path.replace('/files/', ''))];
    if (place) place(response);
    else if (file) response.end(file);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}
