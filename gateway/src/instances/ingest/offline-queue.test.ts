import { expect, test } from 'vitest';
import { databases } from '../../storage/testing/databases.ts';
import { linkedGateway } from '../../testing/linked-gateway.ts';
import { sendWaiting } from '../../testing/waiting-messages.ts';
import { startWhatsApp } from '../../testing/whatsapp.ts';

const whatsApp = await startWhatsApp();

test.each(
  databases.flatMap(({ name, open }) => [0, 5, 106, 1_000].map((waiting) => ({ waiting, name, open }))),
)(
  '$waiting stanzas that waited are all reported, unreadable ones and statuses too, and live ones after them, on $name',
  async ({ waiting, open }) => {
    const storage = await open();
    const [own, ana] = await Promise.all(['Sales', 'Ana'].map((name) => whatsApp.newPhone(name)));
    if (!own || !ana) throw new Error('there are no phones');
    const first = await linkedGateway(storage, whatsApp);
    const sales = await first.link(own);
    await sales.exchange(await ana.send(own.number, 'Hi'));
    await first.stop();

    const ids = await sendWaiting([ana], own, waiting);
    // The first of the queue, a status among them: when that one is refused, it holds up the rest.
    await own.fault('corrupt', { count: Math.min(waiting, 3) || 1 });
    await linkedGateway(storage, whatsApp);
    const reported = async () => {
      const rows = await storage.db.selectFrom('events').select(['kind', 'data']).execute();
      return rows.filter(({ kind }) => kind === 'message.exchange').map(({ data }) => JSON.parse(data).id);
    };
    const missing = async () => {
      const known = new Set(await reported());
      return ids.filter((id) => !known.has(id));
    };
    await expect.poll(missing).toEqual([]);
    const live = await ana.send(own.number, 'Live');
    await expect.poll(reported).toContain(live);
    const all = await reported();
    expect(all.length).toBe(new Set(all).size);
    const undelivered = async () => {
      const response = await fetch(`${whatsApp.control}/stats`);
      const stats = (await response.json()) as { undelivered: Record<string, number> };
      return Object.keys(stats.undelivered).filter((jid) => jid.startsWith(own.number));
    };
    await expect.poll(undelivered).toEqual([]);
  },
);
