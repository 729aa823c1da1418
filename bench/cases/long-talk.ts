import type { Phone } from '@ryze/whatsapp-sandbox/client';
import type { Case } from '../case.ts';
import { BareConnection, requestText } from '../http-load.ts';
import { type Duo, OUR_NUMBER, STOCK_NUMBER, startDuo } from '../stage/duo.ts';
import { rateBetween, significant } from '../statistics.ts';

const REACH = 0.8;
const CHUNKS = 10;

interface Talk {
  /** Sends from the companion; resolves when acknowledged. */
  out(text: string): Promise<unknown>;
  /** Has the friend answer; resolves when it came out at the other end. */
  in(marker: string): Promise<unknown>;
}

/** A chat in which the two sides take turns: whether its last tenth is as fast as its first. */
export const longTalk: Case = {
  name: 'long-talk',
  async run({ stages, size, say }) {
    const duo = await stages.get(startDuo);
    const [practice, friend] = duo.friends.slice(-2);
    if (!practice || !friend) throw new Error('nobody to talk to');
    const perChunk = size(500, 40);
    const connection = new BareConnection(Number(new URL(duo.gateway.api.baseUrl).port));
    const talks = (phone: Phone) => ({ ours: ourTalk(duo, connection, phone), stock: stockTalk(duo, phone) });
    const warmUp = talks(practice);
    await speak(duo, warmUp.ours, size(200, 40));
    await speak(duo, warmUp.stock, size(200, 40));

    const talk = talks(friend);
    const rates = { ours: [] as number[], stock: [] as number[] };
    for (let chunk = 0; chunk < CHUNKS; chunk++) {
      for (const side of ['ours', 'stock'] as const) rates[side].push(await speak(duo, talk[side], perChunk));
      say(
        `  chunk ${chunk + 1}: ${rates.ours.at(-1)?.toFixed(0)}/s, stock ${rates.stock.at(-1)?.toFixed(0)}/s`,
      );
    }
    connection.close();
    const kept = (side: number[]) => (side.at(-1) ?? Number.NaN) / (side[0] ?? Number.NaN);
    const [ours, stock] = [kept(rates.ours), kept(rates.stock)];
    return [
      {
        case: 'long-talk',
        unit: 'last tenth / first tenth',
        ours: significant(ours),
        stock: significant(stock),
        ratio: significant(ours / stock),
        reach: `≥ ${REACH}`,
        met: ours >= REACH,
        detail: { messages: CHUNKS * perChunk, messagesPerSecondOfEachTenth: rates },
      },
    ];
  },
};

/** Messages per second of so many, by turns. */
async function speak(duo: Duo, talk: Talk, messages: number): Promise<number> {
  const times = [performance.now()];
  for (let turn = 0; turn < messages; turn++) {
    const marker = duo.marker();
    await (turn % 2 === 0 ? talk.out(`#${marker}# out`) : talk.in(marker));
    times.push(performance.now());
  }
  return rateBetween(times, 0, messages);
}

function ourTalk({ instance, receiver }: Duo, connection: BareConnection, friend: Phone): Talk {
  const path = `/api/message/text/${instance.name}`;
  return {
    out: (message) => {
      const body = JSON.stringify({ number: friend.number, message });
      return connection.ask(requestText('POST', path, instance.token, body));
    },
    in: (marker) =>
      Promise.all([receiver.ask('count', { marker, count: 1 }), friend.send(OUR_NUMBER, `#${marker}# in`)]),
  };
}

function stockTalk({ stock }: Duo, friend: Phone): Talk {
  return {
    out: (text) => stock.send(STOCK_NUMBER, { to: [friend.number], count: 1, inFlight: 1, text }),
    in: (marker) => Promise.all([stock.received(marker, 1), friend.send(STOCK_NUMBER, `#${marker}# in`)]),
  };
}
