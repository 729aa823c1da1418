import type { Phone } from '@ryze/whatsapp-sandbox/client';

const STATUS = 'status@broadcast';
/** Requests to the sandbox that are under way together. */
const TOGETHER = 25;
/** The first one, and then every so many, is a status. */
const STATUS_EVERY = 20;

/** Sends an account so many messages, statuses among them; resolves with their ids. Its device is to be away. */
export async function sendWaiting(sender: Phone, to: Phone, count: number): Promise<string[]> {
  const ids: string[] = [];
  while (ids.length < count) {
    const next = Array.from({ length: Math.min(TOGETHER, count - ids.length) }, (_, n) => ids.length + n);
    const sent = next.map((n) =>
      n % STATUS_EVERY === 0
        ? sender.send(STATUS, `Status ${n}`, { viewers: [to.number] })
        : sender.send(to.number, `Message ${n}`),
    );
    ids.push(...(await Promise.all(sent)));
  }
  return ids;
}
