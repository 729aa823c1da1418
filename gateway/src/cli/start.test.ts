import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { atEnd } from '../testing/at-end.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

test.each(['SIGTERM', 'SIGINT'] as const)(
  'npm start, ended by %s, drains and ends with 0',
  async (signal) => {
    const folder = await mkdtemp(join(tmpdir(), 'ryze-start-'));
    const npm = spawn('npm', ['start'], {
      cwd: ROOT,
      env: {
        ...process.env,
        DATA_DIR: join(folder, 'data'),
        HOST: '127.0.0.1',
        PORT: '0',
        LOG_LEVEL: 'info',
        npm_config_update_notifier: 'false',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true, // a group of its own, so that the end of the test can reach all of it
    });
    const exit = once(npm, 'exit');
    atEnd(async () => {
      if (npm.exitCode === null && npm.signalCode === null) process.kill(-(npm.pid as number), 'SIGKILL');
      await rm(folder, { recursive: true, force: true });
    });

    const messages: string[] = [];
    for await (const line of createInterface({ input: npm.stdout })) {
      if (!line.startsWith('{')) continue;
      const { msg } = JSON.parse(line) as { msg: string };
      messages.push(msg);
      // As a service manager does: only the process that it started gets the signal.
      if (msg === 'the gateway is listening') npm.kill(signal);
    }
    expect(await exit).toEqual([0, null]);
    expect(messages.slice(-2)).toEqual(['the gateway is listening', 'draining']);
  },
);
