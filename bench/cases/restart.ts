import type { Case } from '../case.ts';
import { startFleet } from '../stage/fleet.ts';
import { significant } from '../statistics.ts';
import { cpuMs, rssMb, settled } from '../usage.ts';

const REACH_MS = 25;

/** From the start of the process until every linked instance is connected again. */
export const restart: Case = {
  name: 'restart',
  async run({ stages, size, say }) {
    const fleet = await stages.get(startFleet);
    const count = Math.max(size(1_000, 200), fleet.size);
    await fleet.grow(count);
    const { gateway } = fleet;
    await gateway.stop();
    const began = performance.now();
    await gateway.start();
    await fleet.allConnected();
    const seconds = (performance.now() - began) / 1000;
    // A new process: all that it has used so far belongs to the start.
    const ours = cpuMs(gateway.process.pid) / count;
    await settled(gateway.process.pid);
    say(`  ${count} connected after ${significant(seconds)} s`);
    return [
      {
        case: 'restart',
        unit: 'ms CPU per instance',
        ours: significant(ours),
        stock: null,
        ratio: null,
        reach: `≤ ${REACH_MS} ms`,
        met: ours <= REACH_MS,
        detail: {
          instances: count,
          wallSeconds: significant(seconds),
          atRest: {
            cpuMsPerInstance: significant(cpuMs(gateway.process.pid) / count),
            rssMb: significant(rssMb(gateway.process.pid)),
          },
        },
      },
    ];
  },
};
