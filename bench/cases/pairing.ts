import type { Case } from '../case.ts';
import { byTurns } from '../rounds.ts';
import { startFleet } from '../stage/fleet.ts';
import { significant } from '../statistics.ts';
import { cpuMs } from '../usage.ts';

const REACH_MS = 70;

/** Processor time of the gateway for one more instance: made, linked by QR, connected, one-time keys uploaded. */
export const pairing: Case = {
  name: 'pairing',
  async run({ stages, size }) {
    const fleet = await stages.get(startFleet);
    // The first ones pay for what is compiled and loaded once.
    const warmUp = size(20, 10);
    await fleet.grow(warmUp);
    await fleet.growStock(warmUp);

    const rounds = size(5, 2);
    const perRound = size(30, 16);
    const measure = async (pid: number, grow: () => Promise<void>) => {
      const before = cpuMs(pid);
      await grow();
      return (cpuMs(pid) - before) / perRound;
    };
    const compared = await byTurns(rounds, {
      ours: () => measure(fleet.gateway.process.pid, () => fleet.grow(fleet.size + perRound)),
      stock: () => measure(fleet.stock.pid, () => fleet.growStock(fleet.stockSize + perRound)),
    });
    const { ours, stock } = compared;
    return [
      {
        case: 'pairing',
        unit: 'ms CPU per instance',
        ours: significant(ours),
        stock: significant(stock),
        ratio: significant(stock / ours),
        reach: `≤ ${REACH_MS} ms`,
        met: ours <= REACH_MS,
        detail: { warmUp, instancesPerRound: perRound, rounds: compared.rounds },
      },
    ];
  },
};
