import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { GuardedFetch } from '../../../net/guarded-fetch.ts';
import { LOOPBACK, Receiver } from '../../../net/testing/network.ts';
import { TestClock } from '../../../testing/test-clock.ts';
import { downloadUrl } from './download-url.ts';

const TIMED_OUT = { code: 'media_download_failed', details: { reason: 'timed out' } };

describe('a download has 60 seconds altogether', () => {
  test.each<[string, Receiver['answer']]>([
    ['says nothing', () => {}],
    ['sends its head and no more', (response) => void response.writeHead(200).write('x')],
    [
      'drips',
      (response) => {
        const drop = () => response.write('x', () => setImmediate(drop));
        drop();
        response.on('error', () => {});
      },
    ],
  ])('from a server that %s', async (_name, answer) => {
    const receiver = await Receiver.start(answer);
    const clock = new TestClock();
    const fetch = new GuardedFetch({ allowed: LOOPBACK, clock });
    onTestFinished(() => fetch.close());
    const folder = await mkdtemp(join(tmpdir(), 'fetch-file-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const target = { path: join(folder, 'file'), field: 'MediaUrl', megabytes: 1_000 };
    const fetched = downloadUrl(receiver.url, target, { fetch, clock });
    const failed = expect(fetched).rejects.toMatchObject(TIMED_OUT);
    await receiver.received(1);
    clock.advance(60_000);
    await failed;
  });
});
