import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { proto } from 'baileys';
import type { ServerWith } from '../../server/context.ts';
import { type Account, accountJid } from '../../server/model/account.ts';
import { child, childBytes, type Stanza, stanza } from '../../wire/stanza.ts';
import type { Recent } from '../recent.ts';
import type { HeldMedia } from './held.ts';

/** What a phone needs to upload a file again. */
export interface FileOwner {
  readonly ctx: ServerWith<'delivery' | 'directory' | 'media' | 'seconds'>;
  readonly account: Account;
  /** Files of messages, by the message's id. */
  readonly gallery: Recent<HeldMedia>;
}

const { ResultType } = proto.MediaRetryNotification;
const TAG_BYTES = 16;

/**
 * A companion could not download the file of a message: the phone uploads its own copy again and sends the new
 * path, in a `mediaretry` notification that carries the message's id.
 */
export function answerMediaRetry(phone: FileOwner, node: Stanza): void {
  const { id = '', from } = node.attrs;
  const { ctx } = phone;
  const device = ctx.directory.device(from);
  const rmr = child(node, 'rmr');
  if (!device || !rmr) return;
  const attrs = { id, type: 'mediaretry', from: accountJid(phone.account, 'pn'), t: String(ctx.seconds()) };
  ctx.delivery.durable(device, stanza('notification', attrs, [...outcome(phone, id, node), rmr]));
}

function outcome(phone: FileOwner, id: string, node: Stanza): Stanza[] {
  const held = phone.gallery.get(id);
  if (!held?.mediaKey) return [stanza('error', { code: String(ResultType.NOT_FOUND) })];
  const key = Buffer.from(
    hkdfSync('sha256', held.mediaKey, Buffer.alloc(32), 'WhatsApp Media Retry Notification', 32),
  );
  if (!isRequest(key, id, child(node, 'encrypt'))) {
    return [stanza('error', { code: String(ResultType.DECRYPTION_ERROR) })];
  }
  return [seal(key, id, uploadAgain(phone, id, held))];
}

function uploadAgain(phone: FileOwner, id: string, held: HeldMedia): proto.IMediaRetryNotification {
  const directPath = phone.ctx.media.publish(held.file, held.uploadType);
  return { stanzaId: id, directPath, result: ResultType.SUCCESS };
}

/** The request names the message again, sealed with the key of its file. */
function isRequest(key: Buffer, id: string, encrypted: Stanza | undefined): boolean {
  const body = childBytes(encrypted, 'enc_p');
  const iv = childBytes(encrypted, 'enc_iv');
  if (!body || !iv || body.length < TAG_BYTES) return false;
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, iv);
    decipher.setAAD(Buffer.from(id)).setAuthTag(body.subarray(-TAG_BYTES));
    const clear = Buffer.concat([decipher.update(body.subarray(0, -TAG_BYTES)), decipher.final()]);
    return proto.ServerErrorReceipt.decode(clear).stanzaId === id;
  } catch {
    // A seal that does not open is the companion's mistake; the answer says so.
    return false;
  }
}

function seal(key: Buffer, id: string, answer: proto.IMediaRetryNotification): Stanza {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(id));
  const clear = proto.MediaRetryNotification.encode(answer).finish();
  const body = Buffer.concat([cipher.update(clear), cipher.final(), cipher.getAuthTag()]);
  return stanza('encrypt', {}, [stanza('enc_p', {}, body), stanza('enc_iv', {}, iv)]);
}
