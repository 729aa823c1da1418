import type { Case } from '../case.ts';
import { startFleet } from '../stage/fleet.ts';
import { significant, slope } from '../statistics.ts';
import { rssMb } from '../usage.ts';

const REACH_MB = 1.2;
/** Of the first 300 instances: what they may add at most. */
const EARLY_REACH_MB = 1.7;

/** What one more connected and idle instance adds to the resident memory of the gateway. */
export const idle: Case = {
  name: 'idle',
  async run({ stages, size, say }) {
    const fleet = await stages.get(startFleet);
    const measure = async (sizes: number[], grow: (n: number) => Promise<void>, pid: () => number) => {
      const points: { x: number; y: number }[] = [];
      for (const x of sizes) {
        await grow(x);
        points.push({ x, y: rssMb(pid()) });
        say(`  ${x} idle: ${significant(rssMb(pid()))} MB`);
      }
      return points;
    };
    const sizes = [size(100, 50), size(300, 100), size(1_000, 200)];
    const points = await measure(
      sizes,
      (n) => fleet.grow(n),
      () => fleet.gateway.process.pid,
    );
    const stockPoints = await measure(
      [size(100, 50), size(200, 75), size(300, 100)],
      (n) => fleet.growStock(n),
      () => fleet.stock.pid,
    );
    const ours = slope(points);
    const early = slope(points.slice(0, 2));
    // The whole growth, with what the process loads, compiles and leaves behind once: falls with the number.
    const sinceEmpty = points.map(({ x, y }) => significant((y - fleet.empty.ours) / x));
    const stock = slope(stockPoints);
    return [
      {
        case: 'idle',
        unit: 'MB RSS per instance',
        ours: significant(ours),
        stock: significant(stock),
        ratio: significant(stock / ours),
        reach: `≤ ${REACH_MB} MB, up to ${sizes[1]} ≤ ${EARLY_REACH_MB} MB`,
        met: ours <= REACH_MB && early <= EARLY_REACH_MB,
        detail: { points, early: significant(early), empty: fleet.empty, sinceEmpty, stockPoints },
      },
    ];
  },
};
