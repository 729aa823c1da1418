import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../clock.ts';
import { hasFfmpeg, testWithFfmpeg } from '../../../testing/media-files.ts';
import { TestClock } from '../../../testing/test-clock.ts';
import { Ffmpeg, ToolFailed, ToolMissing, untrusted } from './tools.ts';

/** Runs until it is ended: a tone without an end. */
const ENDLESS = ['-f', 'lavfi', '-i', 'sine=frequency=440', '-f', 'null', '-'];

test('a program that is not installed is named', async () => {
  const { PATH } = process.env;
  process.env.PATH = '/nowhere';
  onTestFinished(() => {
    process.env.PATH = PATH;
  });
  await expect(new Ffmpeg(systemClock).ffmpeg(ENDLESS)).rejects.toEqual(new ToolMissing('ffmpeg'));
});

testWithFfmpeg('a conversion that takes too long is ended', async () => {
  const clock = new TestClock();
  const converted = new Ffmpeg(clock).ffmpeg(ENDLESS);
  const failed = expect(converted).rejects.toEqual(new ToolFailed('timed out'));
  await expect.poll(() => clock.waiting).toBe(1);
  clock.advance(60_000);
  await failed;
});

testWithFfmpeg('a few run at the same time, the others wait for their turn', async () => {
  const clock = new TestClock();
  const tools = new Ffmpeg(clock);
  const runs = [1, 2, 3].map(() => tools.ffmpeg(ENDLESS).catch((error: Error) => error.message));
  await expect.poll(() => clock.waiting).toBe(2);
  clock.advance(60_000);
  await expect.poll(() => clock.waiting).toBe(1);
  clock.advance(60_000);
  expect(await Promise.all(runs)).toEqual(['timed out', 'timed out', 'timed out']);
});

const NAMES_OTHERS = [
  ['a playlist', '#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nSECRET\n#EXT-X-ENDLIST\n'],
  ['a script', "ffconcat version 1.0\nfile 'SECRET'\n"],
  ['a description of a stream', 'v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=audio 9 RTP/AVP 0\n'],
];
test.each(hasFfmpeg ? NAMES_OTHERS : [])(
  '%s that names other files opens none of them',
  async (_name, text = '') => {
    const folder = await mkdtemp(join(tmpdir(), 'tools-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const tools = new Ffmpeg(systemClock);
    const secret = join(folder, 'secret.wav');
    await tools.ffmpeg(['-f', 'lavfi', '-i', 'sine=duration=1', secret]);
    const path = join(folder, 'given');
    await writeFile(path, text.replace('SECRET', 'secret.wav'));
    await expect(tools.ffmpeg([...untrusted(path), '-f', 'null', '-'])).rejects.toThrow(ToolFailed);
    await expect(tools.probe(path)).rejects.toThrow(ToolFailed);
  },
);
