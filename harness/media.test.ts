import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { databases } from '../gateway/src/storage/testing/databases.ts';
import { type LinkedInstance, Stage } from './stage.ts';

const MIB = 1024 * 1024;
const LARGE = 90 * MIB;

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

describe.each(databases)('files of a gateway on $name', ({ open }) => {
  async function set(): Promise<{ stage: Stage; instance: LinkedInstance }> {
    const storage = await open();
    const stage = await Stage.set(storage);
    cleanups.push(storage.close, () => stage.close());
    await stage.startGateway();
    const instance = await stage.link('sales');
    await stage.call('POST', '/api/events/webhook/sales', instance.token, {
      label: 'receiver-0',
      enabled: true,
      mediaBase64: true,
      events: ['message.exchange', 'message.update'],
    });
    return { stage, instance };
  }

  it('are all reported, once and in order, when it is killed between event and file', async () => {
    const { stage, instance } = await set();
    const friend = await stage.newPhone('Friend');
    const downloads = (fault: object) =>
      fetch(`${stage.sandbox.info.control}/media/downloads`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(fault),
      });
    await downloads({ delay: 60_000 });
    const sent: { id: string; sha256: string | null }[] = [];
    for (let n = 0; n < 4; n++) {
      const { id, media } = await friend.sendMedia(instance.phone.number, { kind: 'image', bytes: 5_000 });
      sent.push({ id, sha256: media.sha256 });
      sent.push({ id: await friend.send(instance.phone.number, `text ${n}`), sha256: null });
    }
    const logged = async () => {
      const path = '/api/events/log/sales?limit=500&events=message.exchange';
      const { body } = await stage.call('GET', path, instance.token);
      return body.events.map(({ data }: { data: { id: string } }) => data.id);
    };
    await expect.poll(logged).toEqual(sent.map(({ id }) => id));
    await stage.endGateway('SIGKILL');
    expect(stage.receivers[0]?.events.all().filter(({ event }) => event === 'message.exchange')).toEqual([]);
    await downloads({ times: 0 });
    await stage.startGateway();

    const last = sent.at(-1)?.id;
    await stage.receivers[0]?.events.expect('the last message', ({ data }) => data.id === last);
    const reported =
      stage.receivers[0]?.events.all().filter(({ event }) => event.startsWith('message.')) ?? [];
    expect(
      reported.map(({ event, data }) => ({
        event,
        id: data.id,
        sha256: data.message.media && sha256(Buffer.from(data.message.media.base64 ?? '', 'base64')),
      })),
    ).toEqual(sent.map((message) => ({ event: 'message.exchange', ...message })));
  });

  it('do not pass through its memory', async () => {
    const { stage, instance } = await set();
    const friend = await stage.newPhone('Friend');
    const read = async (bytes: number) => {
      const document = { kind: 'document', bytes };
      const { id, media } = await friend.sendMedia(instance.phone.number, document);
      await stage.receivers[0]?.events.expect('the document', ({ data }) => data.id === id);
      const path = `/api/chat/base64/sales?messageId=${id}`;
      const { body } = await stage.call('GET', path, instance.token);
      expect(sha256(Buffer.from(body.base64, 'base64'))).toBe(media.sha256);
      return peakOf(stage.gateway.pid);
    };
    const before = await read(MIB);
    const after = await read(LARGE);
    console.info(`a file of ${LARGE / MIB} MiB made the gateway's peak ${(after - before) / MIB} MiB higher`);
    // In memory it would be the file, and once more a third longer as base64.
    expect(after - before).toBeLessThan(LARGE);
  });
});

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The most memory that a process ever held, bytes. */
function peakOf(pid: number): number {
  const line = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
  return Number(line) * 1024;
}
