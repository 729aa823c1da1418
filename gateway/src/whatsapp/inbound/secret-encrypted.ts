import { proto } from '../proto.ts';
import type { Kind } from './content.ts';

const { MESSAGE_EDIT } = proto.Message.SecretEncryptedMessage.SecretEncType;

/** Content that is keyed with the secret of an earlier message. Of an edit we know what is inside. */
export function secretEncrypted(message: proto.Message.ISecretEncryptedMessage): Kind {
  const { secretEncType, targetMessageKey, encPayload, encIv } = message;
  const unknown: Kind = { type: 'unknown', content: '' };
  if (secretEncType !== MESSAGE_EDIT) return unknown;
  return {
    ...unknown,
    sealed: { use: 'Message Edit', target: targetMessageKey?.id ?? '', payload: encPayload, iv: encIv },
  };
}
