import type { Bench, Row } from '../case.ts';
import { byTurns } from '../rounds.ts';
import { type Duo, OUR_NUMBER, STOCK_NUMBER } from '../stage/duo.ts';
import { significant } from '../statistics.ts';
import { CpuPerUnit } from '../usage.ts';
import { type Arrived, wallClock } from '../workers/arrivals.ts';

export interface IncomingPlan {
  case: string;
  kind: 'direct' | 'group';
  /** Where the senders write to, on each side. */
  to: { ours: string; stock: string };
  senders: number;
  messagesPerRound: number;
  warmUp: number;
  reach: number;
}

export const directTo = { ours: OUR_NUMBER, stock: STOCK_NUMBER };

/** Messages per second from the first one's sending to the last one's webhook, or to stock's `messages.upsert`. */
export async function measureIncoming(bench: Bench, duo: Duo, plan: IncomingPlan): Promise<Row> {
  const { kind, to, senders, messagesPerRound, reach } = plan;
  const { control, gateway, receiver, stock } = duo;
  const cpu = new CpuPerUnit({ ours: gateway.process.pid, stock: stock.pid, sandbox: duo.sandboxPid });
  const arrived = {
    ours: (marker: string, count: number): Promise<Arrived> => receiver.ask('count', { marker, count }),
    stock: (marker: string, count: number) => stock.received(marker, count),
  };
  const round = async (side: 'ours' | 'stock', messages: number) => {
    const marker = duo.marker();
    const began = wallClock();
    const [{ last }] = await Promise.all([
      arrived[side](marker, messages),
      control.traffic({ to: to[side], kind, marker, messages, senders }),
    ]);
    return (messages * 1000) / (last - began);
  };
  for (const side of ['ours', 'stock'] as const) await round(side, plan.warmUp);
  const measure = (side: 'ours' | 'stock') => () =>
    cpu.of('sandbox', messagesPerRound, () =>
      cpu.of(side, messagesPerRound, () => round(side, messagesPerRound)),
    );
  const compared = await byTurns(bench.size(5, 3), { ours: measure('ours'), stock: measure('stock') });
  const ratio = compared.ours / compared.stock;
  return {
    case: plan.case,
    unit: 'messages/s',
    ours: significant(compared.ours),
    stock: significant(compared.stock),
    ratio: significant(ratio),
    reach: `≥ ${reach} × stock`,
    met: ratio >= reach,
    detail: { senders, messagesPerRound, rounds: compared.rounds, cpuMsPerMessage: cpu.figures() },
  };
}
