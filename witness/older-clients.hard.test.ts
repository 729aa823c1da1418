import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Group, Phone } from '@ryze/whatsapp-sandbox/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSandbox } from '../harness/processes.ts';
import { isInstalled } from './installed.ts';
import { LineProgram, type WitnessEvent } from './line-program.ts';

const PROGRAM = join(import.meta.dirname, 'clients', 'baileys.ts');

for (const name of ['baileys-6', 'whaileys']) {
  describe.runIf(isInstalled(name))(`${name} on the sandbox`, { timeout: 60_000 }, () => {
    let sandbox: Awaited<ReturnType<typeof startSandbox>>;
    let folder: string;
    let client: LineProgram;
    let phone: Phone;
    let friend: Phone;
    const jid = () => `${friend.number}@s.whatsapp.net`;
    const message = (id: string) =>
      client.events.expect(
        'the message',
        ({ event, data }) => event === 'message' && data.id === id && data.text,
      );

    beforeAll(async () => {
      sandbox = await startSandbox();
      folder = await mkdtemp(join(tmpdir(), 'witness-'));
      client = LineProgram.start(
        name,
        process.execPath,
        [PROGRAM, name, sandbox.info.url, folder],
        process.env,
      );
      phone = await Phone.make(sandbox.info.control, '5511890000001', 'Witness');
      friend = await Phone.make(sandbox.info.control, '5511890000002', 'Friend');
    });
    afterAll(async () => {
      await client?.stop();
      await sandbox?.stop('SIGKILL');
      if (folder) await rm(folder, { recursive: true, force: true });
    });

    it('is linked by a QR code', async () => {
      await client.call('connect');
      const { data } = await client.events.expect('a QR code', ({ event }) => event === 'qr');
      const connected = client.events.expect('the log-in', ({ event }) => event === 'connected');
      await Promise.all([phone.scan(data.code), connected]);
      expect(await phone.devices()).toMatchObject([{ device: 1, connected: true }]);
    });

    it('reads a text and writes one', async () => {
      const { data } = await message(await friend.send(phone.number, 'Hello'));
      expect(data).toMatchObject({ fromMe: false, pushName: 'Friend', text: 'Hello' });
      const { id } = await client.call<{ id: string }>('send', { jid: jid(), text: 'And hello to you' });
      expect(await friend.sees(id)).toMatchObject({ text: 'And hello to you' });
    });

    it.each(['lid', 'pn'])(
      'reads a text and writes one in a group that is addressed by %s',
      async (addressing) => {
        const group = await Group.make(sandbox.info.control, friend.number, 'Group', [phone.number], {
          addressing,
        });
        const { data } = await message(await friend.send(group.jid, 'Hello all'));
        expect(data).toMatchObject({ remoteJid: group.jid, fromMe: false, text: 'Hello all' });
        const { id } = await client.call<{ id: string }>('send', { jid: group.jid, text: 'Hello from me' });
        expect(await friend.sees(id)).toMatchObject({ chat: group.jid, text: 'Hello from me' });
      },
    );

    it('is rung by a call, and told when it ends', async () => {
      const callId = await friend.call(phone.number);
      const isIt = (status: string) => (event: WitnessEvent) =>
        event.event === 'call' && event.data.id === callId && event.data.status === status;
      await client.events.expect('the call', isIt('offer'));
      await friend.act('hangup', { callId });
      await client.events.expect('the end of the call', isIt('terminate'));
    });

    it('acknowledges everything that reaches it', async () => {
      await expect.poll(async () => (await phone.devices())[0]?.waiting).toBe(0);
    });
  });
}
