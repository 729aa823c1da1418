import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { dnsResolve } from './resolve.ts';

const TYPE_A = 1;
const HEADER_BYTES = 12;
const NXDOMAIN = 3;

/** A DNS server that has A records of these names, stays silent on `slow.*` and knows nothing else. */
async function dnsServer(records: Record<string, number[]>): Promise<string> {
  const server = createSocket('udp4');
  server.on('message', (query, peer) => {
    const { name, end } = question(query);
    if (name.startsWith('slow.')) return;
    const type = query.readUInt16BE(end);
    const address = type === TYPE_A ? records[name] : undefined;
    const header = Buffer.from(query.subarray(0, HEADER_BYTES));
    header.writeUInt16BE(0x8180 | (records[name] ? 0 : NXDOMAIN), 2);
    header.writeUInt16BE(address ? 1 : 0, 6);
    header.fill(0, 8);
    const answer = address ? [0xc0, HEADER_BYTES, 0, TYPE_A, 0, 1, 0, 0, 0, 60, 0, 4, ...address] : [];
    const asked = query.subarray(HEADER_BYTES, end + 4);
    server.send(Buffer.concat([header, asked, Buffer.from(answer)]), peer.port, peer.address);
  });
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `127.0.0.1:${server.address().port}`;
}

function question(query: Buffer): { name: string; end: number } {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.'), end: at + 1 };
}

test('names whose DNS servers stay silent do not hold up others', async () => {
  const resolve = dnsResolve({
    servers: [await dnsServer({ 'hook.example': [192, 0, 2, 7] })],
    timeoutMs: 250,
  });
  const ended: string[] = [];
  const slow = Array.from({ length: 30 }, (_, n) =>
    resolve(`slow.${n}.example`).catch(() => ended.push('slow')),
  );
  expect(await resolve('hook.example')).toEqual([{ address: '192.0.2.7', family: 4 }]);
  expect(ended).toEqual([]);
  await Promise.all(slow);
  expect(ended).toHaveLength(30);
});

test('a name that DNS does not know may be one of the system’s own', async () => {
  const resolve = dnsResolve({ servers: [await dnsServer({})] });
  expect(await resolve('localhost')).toContainEqual({ address: '127.0.0.1', family: 4 });
  await expect(resolve('nobody.invalid')).rejects.toMatchObject({ code: /ENOTFOUND|EAI_AGAIN/ });
});
