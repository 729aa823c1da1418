import { randomBytes } from 'node:crypto';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import type { Phones } from '../phones/directory.ts';
import type { Phone } from '../phones/phone.ts';
import { makeMessageId } from '../phones/sending/submit.ts';
import type { ServerContext } from '../server/context.ts';
import { isGroup, isNewsletter, isStatus } from '../server/model/chats.ts';
import { chatOf } from './chats.ts';
import { integer, optionalChoice, optionalInteger, optionalText, text } from './fields.ts';
import { ControlError, type Route } from './http.ts';
import { directLoad, groupLoad, type Load } from './traffic-loads.ts';
import { type Run, Runs } from './traffic-runs.ts';

const MAX_SENDERS = 10_000;
const MAX_MESSAGES = 1_000_000;
/** How many messages are being encrypted at a time; more would only hold memory. */
const IN_FLIGHT = 32;

interface Plan {
  messages: number;
  ratePerSecond: number | undefined;
  bytes: number;
}

/** Load: many phones send; the receipts for it are counted. */
export function trafficRoutes(ctx: ServerContext, phones: Phones): Route[] {
  const runs = new Runs(ctx);
  return [
    {
      method: 'POST',
      path: '/control/traffic',
      handle: async ({ body, signal }) => {
        const id = optionalText(body, 'id', 60) ?? randomBytes(6).toString('hex');
        if (runs.get(id)) throw new ControlError(409, `there is a run ${id} already`);
        const plan = {
          messages: integer(body, 'messages', 1, MAX_MESSAGES),
          ratePerSecond: optionalInteger(body, 'ratePerSecond', 1, 100_000),
          bytes: optionalInteger(body, 'bytes', 1, 60_000) ?? 100,
        };
        const load = loadOf(ctx, phones, body);
        const run = runs.start(id);
        try {
          await runLoad(load, plan, run, signal);
        } finally {
          load.end();
        }
        return { id, sent: run.sent, seconds: run.seconds };
      },
    },
    {
      method: 'GET',
      path: '/control/traffic/:id',
      handle: ({ params }) => {
        const run = runs.get(params.id ?? '');
        if (!run) throw new ControlError(404, `there is no run ${params.id}`);
        return run.report();
      },
    },
  ];
}

function loadOf(ctx: ServerContext, phones: Phones, body: Record<string, unknown>): Load {
  const to = chatOf(ctx, text(body, 'to', 100));
  const senders = optionalInteger(body, 'senders', 1, MAX_SENDERS) ?? 1;
  const kind = optionalChoice(body, 'kind', ['direct', 'group']);
  const group = isGroup(to);
  if (kind !== undefined && (kind === 'group') !== group) {
    throw new ControlError(400, `kind is ${kind}, and to is ${group ? 'a group' : 'not a group'}`);
  }
  if (isNewsletter(to) || isStatus(to)) throw new ControlError(400, 'a load goes to a number or a group');
  return isGroup(to) ? groupLoad(phones, to, senders) : directLoad(phones, to, senders);
}

async function runLoad(load: Load, plan: Plan, run: Run, signal: AbortSignal): Promise<void> {
  const { senders } = load;
  const began = performance.now();
  let next = 0;
  const worker = async () => {
    while (next < plan.messages && !signal.aborted) {
      const index = next++;
      const due = plan.ratePerSecond ? began + (index * 1000) / plan.ratePerSecond : 0;
      const early = due - performance.now();
      if (early > 1) await pause(early);
      const phone = senders[index % senders.length];
      if (phone) await sendOne(load, phone, plan, run, index);
      // Encryption settles without a turn of the event loop: without this pause clients would get nothing before the end.
      await nextTurn();
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  run.seconds = (performance.now() - began) / 1000;
  run.done = true;
}

async function sendOne(load: Load, phone: Phone, plan: Plan, run: Run, index: number): Promise<void> {
  const id = makeMessageId();
  const said = `${run.id} ${index} `.padEnd(plan.bytes, 'x').slice(0, plan.bytes);
  run.expect(id, load.readers());
  try {
    await load.send(phone, id, said);
    run.sent += 1;
  } catch {
    // Refused, or no keys to encrypt for: the report counts it.
    run.fail(id);
  }
}
