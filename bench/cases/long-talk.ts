import type { Phone } from '@ryze/whatsapp-sandbox/client';
import type { Case } from '../case.ts';
import { BareConnection, requestText } from '../http-load.ts';
import { type Duo, OUR_NUMBER, STOCK_NUMBER, startDuo } from '../stage/duo.ts';
import { median, significant } from '../statistics.ts';
import { cpuMs } from '../usage.ts';

const REACH = 0.8;
const CHUNKS = 10;

interface Talk {
  pid: number;
  /** Sends from the companion; resolves when acknowledged. */
  out(text: string): Promise<unknown>;
  /** Has the friend answer; resolves when it came out at the other end. */
  in(marker: string): Promise<unknown>;
}

interface Pace {
  perSecond: number;
  cpuMsPerMessage: number;
}

/** A chat in which the two sides take turns: whether its last tenth is as fast as its first. */
export const longTalk: Case = {
  name: 'long-talk',
  async run({ stages, size, say }) {
    const duo = await stages.get(startDuo);
    const [practice, friend] = duo.friends.slice(-2);
    if (!practice || !friend) throw new Error('no partner for the chat');
    const perChunk = size(500, 40);
    const connection = new BareConnection(Number(new URL(duo.gateway.api.baseUrl).port));
    const talks = (phone: Phone) => ({ ours: ourTalk(duo, connection, phone), stock: stockTalk(duo, phone) });
    const warmUp = talks(practice);
    await speak(duo, warmUp.ours, size(200, 40));
    await speak(duo, warmUp.stock, size(200, 40));

    const talk = talks(friend);
    const paces = { ours: [] as Pace[], stock: [] as Pace[] };
    for (let chunk = 0; chunk < CHUNKS; chunk++) {
      for (const side of ['ours', 'stock'] as const) paces[side].push(await speak(duo, talk[side], perChunk));
      const [ours, stock] = [paces.ours.at(-1), paces.stock.at(-1)];
      say(`  tenth ${chunk + 1}: ${ours?.perSecond}/s, stock ${stock?.perSecond}/s`);
    }
    connection.close();
    const [ours, stock] = [kept(paces.ours), kept(paces.stock)];
    return [
      {
        case: 'long-talk',
        unit: 'last tenth / first tenth',
        ours: significant(ours),
        stock: significant(stock),
        ratio: significant(ours / stock),
        reach: `≥ ${REACH}`,
        met: ours >= REACH,
        detail: { messages: CHUNKS * perChunk, tenths: paces },
      },
    ];
  },
};

const kept = (paces: Pace[]) => (paces.at(-1)?.perSecond ?? Number.NaN) / (paces[0]?.perSecond ?? Number.NaN);

/**
 * So many messages, by turns. The rate is that of the median exchange (one out, one in): a pause that the machine makes
 * strikes single exchanges, what the case looks for slows down all of them.
 */
async function speak(duo: Duo, talk: Talk, messages: number): Promise<Pace> {
  const cpuBefore = cpuMs(talk.pid);
  const exchanges: number[] = [];
  while (exchanges.length < messages / 2) {
    const began = performance.now();
    await talk.out(`#${duo.marker()}# out`);
    await talk.in(duo.marker());
    exchanges.push(performance.now() - began);
  }
  return {
    perSecond: significant(2_000 / median(exchanges)),
    cpuMsPerMessage: significant((cpuMs(talk.pid) - cpuBefore) / messages),
  };
}

function ourTalk({ instance, receiver, gateway }: Duo, connection: BareConnection, friend: Phone): Talk {
  const path = `/api/message/text/${instance.name}`;
  return {
    pid: gateway.process.pid,
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
    pid: stock.pid,
    out: (text) => stock.send(STOCK_NUMBER, { to: [friend.number], count: 1, inFlight: 1, text }),
    in: (marker) => Promise.all([stock.received(marker, 1), friend.send(STOCK_NUMBER, `#${marker}# in`)]),
  };
}
