import { createHash, randomBytes } from 'node:crypto';
import type { Phone } from '@ryze/whatsapp-sandbox/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LinkedWitness, WitnessStage } from './stage.ts';
import { whatsmeowIsHere } from './whatsmeow/program.ts';
import type { UploadKind } from './whatsmeow/whatsmeow.ts';

/** Files of the sandbox's phones, by the field of the message that holds them. */
const FROM_PHONES = [
  { kind: 'image', field: 'imageMessage' },
  { kind: 'video', field: 'videoMessage' },
  { kind: 'gif', field: 'videoMessage' },
  { kind: 'ptv', field: 'ptvMessage' },
  { kind: 'audio', field: 'audioMessage' },
  { kind: 'voice', field: 'audioMessage' },
  { kind: 'document', field: 'documentMessage' },
  { kind: 'sticker', field: 'stickerMessage' },
];

/** Kinds on the phone's screen, by what they are uploaded as and the field of the message. */
const FROM_WITNESS: { kind: string; upload: UploadKind; field: string; mimetype: string }[] = [
  { kind: 'image', upload: 'image', field: 'imageMessage', mimetype: 'image/jpeg' },
  { kind: 'video', upload: 'video', field: 'videoMessage', mimetype: 'video/mp4' },
  { kind: 'ptv', upload: 'video', field: 'ptvMessage', mimetype: 'video/mp4' },
  { kind: 'audio', upload: 'audio', field: 'audioMessage', mimetype: 'audio/mp4' },
  { kind: 'document', upload: 'document', field: 'documentMessage', mimetype: 'application/pdf' },
  { kind: 'sticker', upload: 'image', field: 'stickerMessage', mimetype: 'image/webp' },
];

const BYTES = 300_000;

describe.runIf(whatsmeowIsHere())('files of whatsmeow on the sandbox', { timeout: 60_000 }, () => {
  let stage: WitnessStage;
  let witness: LinkedWitness;
  let friend: Phone;
  beforeAll(async () => {
    stage = await WitnessStage.set();
    witness = await stage.link('Witness');
    friend = await stage.newPhone('Friend');
  });
  afterAll(() => stage.close());

  it.each(FROM_PHONES)('of kind $kind are downloaded as the phone sent them', async ({ kind, field }) => {
    const { id, media } = await friend.sendMedia(witness.phone.number, { kind, bytes: BYTES });
    const seen = await witness.client.message(id);
    expect(seen.message[field]).toBeDefined();
    const file = await witness.client.download(seen);
    expect(file).toHaveLength(BYTES);
    expect(sha256(file)).toBe(media.sha256);
  });

  it.each(FROM_WITNESS)(
    'of kind $kind reach the phone as they were uploaded',
    async ({ kind, upload, field, mimetype }) => {
      const { lid } = await stage.profile(friend);
      const file = randomBytes(BYTES);
      const message = { ...(await witness.client.upload(file, upload)), mimetype };
      const id = await witness.client.send(lid, { [field]: message });
      const { media } = await friend.sees(id);
      expect(media).toMatchObject({ kind, mimetype, size: BYTES, sha256: sha256(file) });
    },
  );

  it('reach every member of a group', async () => {
    const { jid } = await stage.group(friend, 'Files', [witness.phone]);
    const { id, media } = await friend.sendMedia(jid, { kind: 'image', bytes: BYTES });
    expect(sha256(await witness.client.download(await witness.client.message(id)))).toBe(media.sha256);
    const file = randomBytes(BYTES);
    const imageMessage = { ...(await witness.client.upload(file, 'image')), mimetype: 'image/jpeg' };
    const own = await witness.client.send(jid, { imageMessage });
    expect((await friend.sees(own)).media).toMatchObject({ size: BYTES, sha256: sha256(file) });
  });
});

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
