import type { Case } from '../case.ts';
import type { Ground } from '../stage/ground.ts';
import type { Stage } from '../stage/stages.ts';
import { percentile, significant } from '../statistics.ts';
import { cpuMs, settled } from '../usage.ts';
import { type Arrived, wallClock } from '../workers/arrivals.ts';
import type { Worker } from '../workers/worker.ts';

const REACH_PER_CORE = 1_500;
const REACH_P99_MS = 250;
const INSTANCES = 10;

interface PostOffice extends Stage {
  courier: Worker;
  receiver: Worker;
}

async function startPostOffice(ground: Ground): Promise<PostOffice> {
  const receiver = ground.worker('workers/receiver.ts');
  const port: number = await receiver.ask('listen');
  const courier = ground.worker('workers/courier.ts', [await ground.folder(), String(port)]);
  await courier.ask('prepare', { count: INSTANCES });
  return { courier, receiver, close: () => ground.close() };
}

/** Webhooks that wait in the queue, and then new ones at half of that rate, all to a receiver that answers at once. */
export const courier: Case = {
  name: 'courier',
  async run({ stages, size, say }) {
    const { courier, receiver } = await stages.get(startPostOffice);
    const arrive = (marker: string, count: number): Promise<Arrived> =>
      receiver.ask('count', { marker, count });

    const queued = size(20_000, 4_000);
    await courier.ask('queue', { marker: 'queued', count: queued });
    await settled(courier.pid);
    const arrived = arrive('queued', queued);
    const cpuBefore = cpuMs(courier.pid);
    const began = wallClock();
    await courier.ask('start');
    const wall = ((await arrived).last - began) / 1000;
    await settled(courier.pid);
    const cores = (cpuMs(courier.pid) - cpuBefore) / 1000 / wall;
    const perSecond = queued / wall;
    const perCore = perSecond / cores;
    say(`  ${queued} delivered in ${significant(wall)} s on ${significant(cores)} cores`);

    const half = Math.round(perSecond / 2);
    const steady = half * size(20, 5);
    const [{ latencies }] = await Promise.all([
      arrive('steady', steady),
      courier.ask('steady', { marker: 'steady', count: steady, perSecond: half }),
    ]);
    const p99 = percentile(latencies, 0.99);
    return [
      {
        case: 'courier',
        unit: 'deliveries/s per core',
        ours: significant(perCore),
        stock: null,
        ratio: null,
        reach: `≥ ${REACH_PER_CORE}`,
        met: perCore >= REACH_PER_CORE,
        detail: {
          deliveries: queued,
          webhooks: INSTANCES,
          perSecond: significant(perSecond),
          cores: significant(cores),
        },
      },
      {
        case: 'courier-latency',
        unit: 'ms p99 at half load',
        ours: significant(p99),
        stock: null,
        ratio: null,
        reach: `≤ ${REACH_P99_MS} ms`,
        met: p99 <= REACH_P99_MS,
        detail: { deliveries: steady, perSecond: half, medianMs: significant(percentile(latencies, 0.5)) },
      },
    ];
  },
};
