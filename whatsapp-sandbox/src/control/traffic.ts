import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Phones } from '../phones/directory.ts';
import type { Phone } from '../phones/phone.ts';
import { makeMessageId, sendMessage } from '../phones/sending.ts';
import type { ServerContext } from '../server/context.ts';
import type { Account } from '../server/directory.ts';
import { integer, optionalChoice, optionalInteger, optionalText, text } from './fields.ts';
import { ControlError, type Route } from './http.ts';
import { accountOf } from './messages.ts';

const MAX_SENDERS = 10_000;
const MAX_MESSAGES = 1_000_000;
const KEPT_RUNS = 50;
/** How many messages are being encrypted at a time; more would only hold memory. */
const IN_FLIGHT = 32;

/** One load run and what came back of it. */
interface Run {
  id: string;
  sent: number;
  failed: number;
  seconds: number;
  done: boolean;
  /** Delivery receipts of the recipient's companions, and of its phone. */
  receipts: number;
  phoneReceipts: number;
  /** Milliseconds from sending to a companion's receipt. */
  latencies: number[];
  outstanding: Map<string, number>;
}

interface Plan {
  to: Account;
  senders: number;
  messages: number;
  ratePerSecond: number | undefined;
  bytes: number;
}

/** Load: many phones send; the receipts for it are counted. */
export function trafficRoutes(ctx: ServerContext, phones: Phones): Route[] {
  const runs = new Map<string, Run>();
  return [
    {
      method: 'POST',
      path: '/control/traffic',
      handle: async ({ body, signal }) => {
        const id = optionalText(body, 'id', 60) ?? randomBytes(6).toString('hex');
        if (runs.has(id)) throw new ControlError(409, `there is a run ${id} already`);
        optionalChoice(body, 'kind', ['direct']);
        const plan = {
          to: accountOf(ctx, text(body, 'to', 100)),
          senders: optionalInteger(body, 'senders', 1, MAX_SENDERS) ?? 1,
          messages: integer(body, 'messages', 1, MAX_MESSAGES),
          ratePerSecond: optionalInteger(body, 'ratePerSecond', 1, 100_000),
          bytes: optionalInteger(body, 'bytes', 1, 60_000) ?? 100,
        };
        const run = start(runs, id);
        await play(phones, plan, run, signal);
        return { id, sent: run.sent, seconds: run.seconds };
      },
    },
    {
      method: 'GET',
      path: '/control/traffic/:id',
      handle: ({ params }) => {
        const run = runs.get(params.id ?? '');
        if (!run) throw new ControlError(404, `there is no run ${params.id}`);
        return report(run);
      },
    },
  ];
}

function start(runs: Map<string, Run>, id: string): Run {
  const run: Run = {
    id,
    sent: 0,
    failed: 0,
    seconds: 0,
    done: false,
    receipts: 0,
    phoneReceipts: 0,
    latencies: [],
    outstanding: new Map(),
  };
  runs.set(id, run);
  for (const oldest of runs.keys()) {
    if (runs.size <= KEPT_RUNS) break;
    runs.delete(oldest);
  }
  return run;
}

async function play(phones: Phones, plan: Plan, run: Run, signal: AbortSignal): Promise<void> {
  const senders = Array.from({ length: plan.senders }, (_, index) => sender(phones, index, run));
  const began = performance.now();
  let next = 0;
  const worker = async () => {
    while (next < plan.messages && !signal.aborted) {
      const index = next++;
      const due = plan.ratePerSecond ? began + (index * 1000) / plan.ratePerSecond : 0;
      const early = due - performance.now();
      if (early > 1) await pause(early);
      const phone = senders[index % senders.length];
      if (phone) await sendOne(phone, plan, run, index);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  run.seconds = (performance.now() - began) / 1000;
  run.done = true;
}

async function sendOne(phone: Phone, plan: Plan, run: Run, index: number): Promise<void> {
  const id = makeMessageId();
  const body = `${run.id} ${index} `.padEnd(plan.bytes, 'x').slice(0, Math.max(plan.bytes, 1));
  run.outstanding.set(id, performance.now());
  try {
    await sendMessage(phone, plan.to, { conversation: body }, { id });
    run.sent += 1;
  } catch {
    // Refused or not encryptable: shows in the report as failed.
    run.failed += 1;
    run.outstanding.delete(id);
  }
}

/** Traffic phones are made when they are first needed and stay for later runs. */
function sender(phones: Phones, index: number, run: Run): Phone {
  const number = `888${String(index).padStart(9, '0')}`;
  const phone = phones.obtain({ number, name: `Sender ${index}` });
  const earlier = phone.onReceipt;
  phone.onReceipt = (id, status, device) => {
    const sentAt = run.outstanding.get(id);
    if (sentAt === undefined) earlier?.(id, status, device);
    else if (status !== 'delivered') return;
    else if (device.id === 0) run.phoneReceipts += 1;
    else {
      run.receipts += 1;
      run.latencies.push(performance.now() - sentAt);
    }
  };
  return phone;
}

function report(run: Run) {
  const sorted = run.latencies.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  const { id, sent, failed, seconds, done, receipts, phoneReceipts } = run;
  const latencyMs = { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: sorted.at(-1) };
  return { id, sent, failed, seconds, done, receipts, phoneReceipts, latencyMs };
}
