import { bytesOf, children, type Stanza } from '../wire/stanza.ts';

/** Inside the authenticated part: a pre-key message has a few bytes of ids behind it. */
const FROM_END = 20;

/** A copy of a message whose first ciphertext has one bit flipped; a resend (it has a count) is left alone. */
export function corrupted(message: Stanza): Stanza {
  const enc = children(message, 'enc').find((each) => each.attrs.count === undefined);
  const bytes = bytesOf(enc);
  if (!enc || !bytes) return message;
  const broken = Buffer.from(bytes);
  const at = Math.max(0, broken.length - FROM_END);
  broken[at] = (broken[at] ?? 0) ^ 1;
  const content = children(message).map((each) => (each === enc ? { ...enc, content: broken } : each));
  return { ...message, content };
}
