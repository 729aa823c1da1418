import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sandboxEnvironment } from '../gateway/src/testing/sandbox-environment.ts';
import { freePort, type Running, startGateway, startSandbox } from '../harness/processes.ts';
import { narrator } from './narrator.ts';
import { runStory } from './story.ts';

/*
 * `npm run demo`: a WhatsApp of our own and a gateway, on free ports and a fresh data folder, walked through aloud.
 * Stays up until Ctrl-C; with `--once` it ends after the story, with 0 only when all of it came true.
 */

const tellOnce = process.argv.includes('--once');
const dataDir = await mkdtemp(join(tmpdir(), 'ryze-demo-'));
const running: Running[] = [];
let failed = false;

try {
  const sandbox = await startSandbox();
  running.push(sandbox);
  const port = await freePort();
  const baseUrl = `http://127.0.0.1:${port}`;
  const env = {
    DATA_DIR: dataDir,
    ...sandboxEnvironment(sandbox.info),
    PUBLIC_URL: baseUrl,
    ALLOW_PRIVATE_URLS: '127.0.0.0/8',
    LOG_LEVEL: 'error',
  };
  running.push(await startGateway(port, env));
  narrator.say(
    `The WhatsApp of this demo is our sandbox at ${sandbox.info.url}; the gateway is at ${baseUrl}.`,
  );

  const story = await runStory({ baseUrl, control: sandbox.info.control, env });
  if (!tellOnce) {
    narrator.chapter('Yours now');
    narrator.say(`Gateway and sandbox stay up. Phones are at ${sandbox.info.control}. Ctrl-C ends the demo.`);
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  }
  story.close();
} catch (error) {
  failed = true;
  console.error(`\nThe demo failed: ${error instanceof Error ? error.message : error}`);
} finally {
  for (const process of running.reverse()) await process.stop();
  await rm(dataDir, { recursive: true, force: true });
}
process.exit(failed ? 1 : 0);
