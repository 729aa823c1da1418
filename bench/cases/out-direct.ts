import type { Case } from '../case.ts';
import { BareConnection, requestText } from '../http-load.ts';
import { byTurns } from '../rounds.ts';
import { type Duo, STOCK_NUMBER, startDuo } from '../stage/duo.ts';
import { significant } from '../statistics.ts';
import { CpuPerUnit } from '../usage.ts';

const REACH = 3;
const IN_FLIGHT = 32;

/** Texts per second that WhatsApp acknowledged, 32 under way at a time, to 50 chats by turns. */
export const outDirect: Case = {
  name: 'out-direct',
  async run({ stages, size }) {
    const duo = await stages.get(startDuo);
    const { gateway, stock, friends } = duo;
    const numbers = friends.map(({ number }) => number);
    const sides = {
      ours: (count: number) => sendOverRest(duo, numbers, count),
      stock: (count: number) => stock.send(STOCK_NUMBER, { to: numbers, count, inFlight: IN_FLIGHT }),
    };
    // The first message to each chat fetches keys and makes a session; that is not what is measured.
    await sides.ours(size(500, 150));
    await sides.stock(size(500, 150));

    const count = size(1_000, 150);
    const cpu = new CpuPerUnit({ ours: gateway.process.pid, stock: stock.pid });
    const compared = await byTurns(size(5, 3), {
      ours: () => cpu.of('ours', count, async () => count / (await sides.ours(count))),
      stock: () => cpu.of('stock', count, async () => count / (await sides.stock(count))),
    });
    const ratio = compared.ours / compared.stock;
    return [
      {
        case: 'out-direct',
        unit: 'texts/s',
        ours: significant(compared.ours),
        stock: significant(compared.stock),
        ratio: significant(ratio),
        reach: `≥ ${REACH} × stock`,
        met: ratio >= REACH,
        detail: { textsPerRound: count, rounds: compared.rounds, cpuMsPerText: cpu.figures() },
      },
    ];
  },
};

/** Resolves with the seconds that it took. */
async function sendOverRest({ gateway, silent }: Duo, numbers: string[], count: number): Promise<number> {
  const port = Number(new URL(gateway.api.baseUrl).port);
  let next = 0;
  const worker = async () => {
    const connection = new BareConnection(port);
    while (next < count) {
      const index = next++;
      const body = JSON.stringify({ number: numbers[index % numbers.length], message: textOf(index) });
      await connection.ask(requestText('POST', `/api/message/text/${silent.name}`, silent.token, body));
    }
    connection.close();
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  return (performance.now() - began) / 1000;
}

const textOf = (index: number) => `message ${index} `.padEnd(100, 'x');
