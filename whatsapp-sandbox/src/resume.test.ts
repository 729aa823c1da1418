import { proto } from 'baileys';
import { expect, test } from 'vitest';
import { resume } from './testing/resuming-client.ts';
import { testSandbox } from './testing/sandbox.ts';
import { makeServerIdentity } from './wire/certificate.ts';
import { generateKeyPair } from './wire/keys.ts';

const ANNA = '4915100000001';

/** Anna's device, which is away, and the key that the server shows in its certificate. */
async function annaAway() {
  const sandbox = await testSandbox();
  await sandbox.phones(ANNA);
  const client = await sandbox.link(ANNA);
  const { me, noiseKey } = client.account.creds;
  await client.close();
  const device = Number(me?.id.split(':')[1]?.split('@')[0]);
  const payload = proto.ClientPayload.encode({ username: Number(ANNA), device, passive: true }).finish();
  const key = { public: noiseKey.public, private: noiseKey.private };
  return { url: sandbox.sandbox.info.url, key, payload, sandbox };
}

test('a client that knows the key of the server logs in with one round trip', async () => {
  const { url, key, payload, sandbox } = await annaAway();
  const known = sandbox.sandbox.info.noiseKey;
  const { way, stanza } = await resume(url, key as never, Buffer.from(known, 'hex'), payload);
  expect({ way, tag: stanza.tag }).toEqual({ way: 'IK', tag: 'success' });
});

test('a client that knows an earlier key of the server falls back to the whole handshake', async () => {
  const { url, key, payload } = await annaAway();
  const { noise } = makeServerIdentity(0);
  const { way, stanza } = await resume(url, key as never, noise.public, payload);
  expect({ way, tag: stanza.tag }).toEqual({ way: 'XXfallback', tag: 'success' });
});

test('a client that does not hold the key of the device is refused, whichever handshake it chooses', async () => {
  const { url, payload, sandbox } = await annaAway();
  const known = Buffer.from(sandbox.sandbox.info.noiseKey, 'hex');
  const { stanza } = await resume(url, generateKeyPair(), known, payload);
  expect(stanza).toMatchObject({ tag: 'failure', attrs: { reason: '401' } });
});
