import type { Case } from '../case.ts';
import { type Duo, OUR_NUMBER, STOCK_NUMBER, startDuo } from '../stage/duo.ts';
import { measureIncoming } from './incoming.ts';

const MEMBERS = 50;

/** Messages in a group of 50, all members but one write by turns: to a webhook, and to stock's `messages.upsert`. */
export const inGroup: Case = {
  name: 'in-group',
  async run(bench) {
    const duo = await bench.stages.get(startDuo);
    // One group for each side: in a common one, both would have to decrypt in every round.
    const to = { ours: await group(duo, OUR_NUMBER), stock: await group(duo, STOCK_NUMBER) };
    const row = await measureIncoming(bench, duo, {
      case: 'in-group',
      kind: 'group',
      to,
      senders: MEMBERS - 1,
      messagesPerRound: bench.size(1_000, 150),
      warmUp: bench.size(500, 150),
      reach: 10,
    });
    return [row];
  },
};

/** The JID of a new group of this number and 49 friends. */
async function group({ control, friends }: Duo, number: string): Promise<string> {
  const [owner, ...others] = friends.slice(0, MEMBERS - 1).map((friend) => friend.number);
  const participants = [...others, number];
  const made = await control.post('groups', { owner, subject: 'Benchmark', participants });
  return (made as { jid: string }).jid;
}
