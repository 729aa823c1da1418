import type { BinaryNode } from 'baileys';
import { readGroupNotice } from '../inbound/group-notice.ts';
import { readNewsletterChanges } from '../inbound/newsletter.ts';
import type { Self, SessionListener } from '../session.ts';

type Keep = () => Promise<void>;

interface Hearing {
  self: Self;
  listener: SessionListener;
  /** Unix milliseconds. */
  now: number;
}

/** What a notification gives to keep, one reader per family; null when it is nothing. */
export function keepNotice(node: BinaryNode, hearing: Hearing): Keep | null {
  for (const read of READERS) {
    const keep = read(node, hearing);
    if (keep) return keep;
  }
  return null;
}

const READERS: ((node: BinaryNode, hearing: Hearing) => Keep | null)[] = [
  (node, { self, listener, now }) => {
    const notice = readGroupNotice(node, self, now);
    return notice && (() => listener.groupNotice(notice));
  },
  (node, { listener }) => {
    const changes = readNewsletterChanges(node);
    return changes.length > 0 ? () => listener.newsletters(changes) : null;
  },
];
