import type { Phone } from '@ryze/whatsapp-sandbox/client';

const STATUS = 'status@broadcast';
/** Requests to the sandbox that are under way together. */
const TOGETHER = 25;
/** The first one, and then every so many, is a status. */
const STATUS_EVERY = 20;

/**
 * Sends an account so many messages, statuses among them, its friends taking turns; resolves with their ids. Its device
 * is to be away. A phone can send its last 2,000 again, so nothing that cannot be read may be older.
 */
export async function sendWaiting(friends: readonly Phone[], to: Phone, count: number): Promise<string[]> {
  const ids: string[] = [];
  const send = (friend: Phone, n: number) =>
    n % STATUS_EVERY === 0
      ? friend.send(STATUS, `Status ${n}`, { viewers: [to.number] })
      : friend.send(to.number, `Message ${n}`);
  while (ids.length < count) {
    const next = Array.from({ length: Math.min(TOGETHER, count - ids.length) }, (_, n) => ids.length + n);
    const sent = next.flatMap((n) => {
      const friend = friends[n % friends.length];
      return friend ? send(friend, n) : [];
    });
    ids.push(...(await Promise.all(sent)));
  }
  return ids;
}
