import type { BinaryNode } from 'baileys';
import { readCallNotice } from '../../inbound/call-notice.ts';
import { readGroupNotice } from '../../inbound/group-notice.ts';
import { readNewsletterChanges } from '../../inbound/newsletter.ts';
import type { Self, SessionListener } from '../../session.ts';
import { readReceipts } from './receipt.ts';

type Keep = () => Promise<void>;

interface Intake {
  self: Self;
  listener: SessionListener;
  /** Unix milliseconds. */
  now: number;
}

/** What a stanza gives to keep; null when it is nothing. */
type Reader = (node: BinaryNode, intake: Intake) => Keep | null;

/** Stanzas whose content is stored in one go, before Baileys acknowledges them. */
export const STORED_FIRST = {
  'CB:receipt': (node, { self, listener }) => {
    const receipts = readReceipts(node, self);
    if (receipts.length === 0) return null;
    return async () => {
      for (const receipt of receipts) await listener.receipt(receipt);
    };
  },
  'CB:call': (node, { self, listener, now }) => {
    const notice = readCallNotice(node, self, now);
    return notice && (() => listener.call(notice));
  },
  'CB:notification': firstOf(
    (node, { self, listener, now }) => {
      const notice = readGroupNotice(node, self, now);
      return notice && (() => listener.groupNotice(notice));
    },
    (node, { listener }) => {
      const changes = readNewsletterChanges(node);
      return changes.length > 0 ? () => listener.newsletters(changes) : null;
    },
  ),
} satisfies Record<string, Reader>;

export type StoredFirst = keyof typeof STORED_FIRST;

function firstOf(...readers: Reader[]): Reader {
  return (node, intake) => {
    for (const read of readers) {
      const keep = read(node, intake);
      if (keep) return keep;
    }
    return null;
  };
}
