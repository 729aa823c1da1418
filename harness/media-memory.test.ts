import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases, type TestStorage } from '../gateway/src/storage/testing/databases.ts';
import { type LinkedInstance, Stage } from './stage.ts';

const MEGABYTE = 1_048_576;
const FILE_BYTES = 100 * MEGABYTE;
/** A file that is held even once comes on top of the buffers that wait for the garbage collector, some 70 MB. */
const BOUND = 140 * MEGABYTE;
const CHUNK = Buffer.alloc(MEGABYTE - 1, 'flat memory ');

let stage: Stage;
let instance: LinkedInstance;
let number: string;
let storage: TestStorage;

/** The file, in pieces; they divide by three, so that their base64 needs no padding in between. */
function* file(): Generator<Buffer> {
  for (let left = FILE_BYTES; left > 0; left -= CHUNK.length)
    yield CHUNK.subarray(0, Math.min(left, CHUNK.length));
}

const server = createServer((_request, response) => void Readable.from(file()).pipe(response));

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  const [sqlite] = databases;
  if (!sqlite) throw new Error('no database to test with');
  storage = await sqlite.open();
  stage = await Stage.set(storage);
  await stage.startGateway();
  instance = await stage.link('memory');
  await stage.receivers[0]?.events.expect(
    'the connection',
    ({ event, data }) => event === 'instance.state' && data.state === 'connected',
  );
  number = (await stage.newPhone('Ana')).number;
  // Code and native libraries are loaded by a first small file.
  await send({ mediaBase64: CHUNK.subarray(0, 300).toString('base64') });
});

afterAll(async () => {
  server.close();
  await stage.close();
  await storage.close();
});

async function send(source: object) {
  const body = { number, mediaType: 'document', fileName: 'large.bin', ...source };
  return stage.call('POST', `/api/message/media/${instance.name}`, instance.token, body);
}

/** The same request as a stream: the test has no hundred megabytes to spare either. */
async function sendBase64() {
  const head = JSON.stringify({ number, mediaType: 'document', mediaBase64: '' }).slice(0, -2);
  function* body() {
    yield Buffer.from(head);
    for (const chunk of file()) yield Buffer.from(chunk.toString('base64'));
    yield Buffer.from('"}');
  }
  const response = await fetch(`${stage.baseUrl}/api/message/media/${instance.name}`, {
    method: 'POST',
    headers: { token: instance.token, 'content-type': 'application/json' },
    body: Readable.toWeb(Readable.from(body())) as never,
    duplex: 'half',
  } as RequestInit);
  // biome-ignore lint/suspicious/noExplicitAny: answers are read field by field
  return { status: response.status, body: (await response.json()) as any };
}

/** Bytes by which the gateway's resident memory rose at its highest while something was done. */
async function rise(work: () => Promise<void>): Promise<number> {
  const { pid } = stage.gateway;
  const read = (field: string) =>
    1024 * Number(new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  const before = read('VmRSS');
  writeFileSync(`/proc/${pid}/clear_refs`, '5'); // the highest mark begins anew
  await work();
  return read('VmHWM') - before;
}

describe('a document of 100 MB', () => {
  it.each([
    ['by URL', () => send({ mediaUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` })],
    ['in base64', sendBase64],
  ])('%s costs no memory of its size', async (_name, request) => {
    const risen = await rise(async () => {
      const { status, body } = await request();
      expect([status, body.data?.mediaSize]).toEqual([200, FILE_BYTES]);
    });
    expect(risen).toBeLessThan(BOUND);
  });
});
