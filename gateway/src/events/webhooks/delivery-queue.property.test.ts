import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { DeliveryRow } from '../../storage/schema.ts';
import { databases, type TestStorage } from '../../storage/testing/databases.ts';
import { TestClock } from '../../testing/test-clock.ts';
import { addInstance, addWebhook, emitOne, testOutbox, testSeal } from '../testing/events.ts';
import { CLAIM_MS, DeliveryQueue, type Run } from './delivery-queue.ts';
import { judge } from './verdict.ts';
import { ATTEMPT_DEADLINE_MS, type Attempt } from './webhook-request.ts';

const LANES = 3;
const by = fc.integer({ min: 0, max: 1 });
const pick = fc.nat(20);

/** What may happen to two couriers, in any order. */
const happenings = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({ what: fc.constant('emit'), lane: fc.nat(LANES - 1), hasFile: fc.boolean() }),
    },
    { weight: 2, arbitrary: fc.record({ what: fc.constant('arrive'), file: pick }) },
    { weight: 3, arbitrary: fc.record({ what: fc.constant('claim'), by }) },
    {
      weight: 8,
      arbitrary: fc.record({ what: fc.constant('step'), by, pick, status: fc.constantFrom(200, 200, 500) }),
    },
    { weight: 1, arbitrary: fc.record({ what: fc.constant('vanish'), by }) },
    {
      weight: 2,
      arbitrary: fc.record({ what: fc.constant('late'), pick, status: fc.constantFrom(200, 500) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ what: fc.constant('jump'), ms: fc.integer({ min: -90_000, max: 120_000 }) }),
    },
  ),
  { minLength: 10, maxLength: 80 },
);

interface Flight {
  attempt: Attempt;
  claimId: string;
}

interface Working extends Run {
  next: number;
  flight: Flight | null;
}

describe.each(databases)('leases of deliveries on $name', ({ open }) => {
  let storage: TestStorage;
  beforeAll(async () => {
    storage = await open();
  });

  async function world() {
    const { db } = storage;
    const seal = testSeal();
    const clock = new TestClock();
    const instance = await addInstance(db, seal);
    const webhook = await addWebhook(db, seal, instance.id, { media_base64: 1 });
    const { outbox, mediaUpdates } = testOutbox(db, seal, { clock });
    const queue = new DeliveryQueue(storage);

    /** What the couriers hold, and what those that vanished had under way. */
    const couriers: Working[][] = [[], []];
    const ghosts: Flight[] = [];
    /** Our own book, kept by what the queue says and never read back from it. */
    const lanes = new Map<string, string[]>();
    const owner = new Map<string, string>();
    const until = new Map<string, number>();
    const attempts = new Map<string, number>();
    const ended = new Map<string, number>();
    const bodies = new Map<string, Uint8Array>();
    const files: string[] = [];

    const rows = () =>
      db.selectFrom('deliveries').selectAll().where('webhook_id', '=', webhook.id).orderBy('id').execute();
    const rowOf = async (id: string): Promise<DeliveryRow> =>
      db.selectFrom('deliveries').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

    async function emit(lane: number, hasFile: boolean): Promise<void> {
      const appended = async (eventId: string) => void files.push(eventId);
      const event = { lane: String(lane), data: { media: {} } };
      await emitOne(outbox, instance.id, hasFile ? { ...event, file: { appended } } : event);
      const newest = (await rows()).at(-1)!;
      lanes.set(newest.lane, [...(lanes.get(newest.lane) ?? []), newest.id]);
    }

    async function arrive(choice: number): Promise<void> {
      const [eventId] = files.splice(choice % Math.max(1, files.length), 1);
      const state = { s3Url: null, error: null, size: 1, base64: 'AA==' };
      if (eventId) await mediaUpdates.settle({ instanceId: instance.id, eventId }, async () => state);
    }

    async function claim(courier: number): Promise<number> {
      const { runs } = (await queue.claim([webhook.id], clock.time))[0]!;
      for (const run of runs) {
        for (const id of run.deliveryIds) {
          expect(owner.has(id) && (until.get(id) ?? 0) > clock.time).toBe(false);
          owner.set(id, run.claimId);
          until.set(id, run.until);
        }
        couriers[courier]!.push({ ...run, next: 0, flight: null });
      }
      return runs.length;
    }

    /** Starts or ends one attempt, as a courier does. */
    async function step(courier: number, choice: number, status: number): Promise<void> {
      const working = couriers[courier]!;
      const run = working[choice % Math.max(1, working.length)];
      if (!run) return;
      if (run.flight) {
        await settle(run.flight, status);
        run.flight = null;
        run.next++;
      } else {
        run.flight = await begin(run);
        if (!run.flight) {
          await giveBack(run);
          run.next = run.deliveryIds.length;
        }
      }
      if (run.next === run.deliveryIds.length) working.splice(working.indexOf(run), 1);
    }

    async function begin({ deliveryIds, claimId, next, ...run }: Working): Promise<Flight | null> {
      const id = deliveryIds[next]!;
      if (run.until - clock.time < ATTEMPT_DEADLINE_MS) return null;
      const attempt = await queue.attempt(id, claimId);
      expect(attempt !== null).toBe(owner.get(id) === claimId);
      if (!attempt) return null;
      expect(attempt.number).toBe((attempts.get(id) ?? 0) + 1);
      expect(attempt.bodySealed).toEqual(bodies.get(id) ?? attempt.bodySealed);
      bodies.set(id, attempt.bodySealed);
      if (attempt.number === 1) {
        const lane = [...lanes.values()].find((ids) => ids.includes(id))!;
        const before = lane.slice(0, lane.indexOf(id));
        expect(before.filter((earlier) => !attempts.has(earlier))).toEqual([]);
      }
      return { attempt, claimId };
    }

    async function giveBack({ deliveryIds, claimId, next }: Working): Promise<void> {
      const rest = deliveryIds.slice(next);
      await queue.release(rest, claimId);
      for (const id of rest) if (owner.get(id) === claimId) owner.delete(id);
    }

    async function settle({ attempt, claimId }: Flight, status: number): Promise<void> {
      const { deliveryId, number } = attempt;
      const before = await rowOf(deliveryId);
      const verdict = judge({ status, retryAfter: undefined }, number, clock.time, () => 0.5);
      const settled = await queue.settle(attempt, claimId, verdict, clock.time);
      expect(settled).toBe(owner.get(deliveryId) === claimId);
      if (!settled) {
        expect(await rowOf(deliveryId)).toEqual(before);
        return;
      }
      owner.delete(deliveryId);
      attempts.set(deliveryId, number);
      if (verdict.kind !== 'retry') ended.set(deliveryId, (ended.get(deliveryId) ?? 0) + 1);
    }

    function vanish(courier: number): void {
      for (const { flight } of couriers[courier]!) if (flight) ghosts.push(flight);
      couriers[courier] = [];
    }

    async function late(choice: number, status: number): Promise<void> {
      const [ghost] = ghosts.splice(choice % Math.max(1, ghosts.length), 1);
      if (ghost) await settle(ghost, status);
    }

    /** From here on nothing goes wrong: the queue must run empty. */
    async function drain(): Promise<void> {
      vanish(0);
      vanish(1);
      clock.time += 2 * CLAIM_MS + 90_000; // past every claim, also one made before the clock went back
      for (let round = 0; round < 40; round++) {
        while ((await claim(0)) > 0) while (couriers[0]!.length > 0) await step(0, 0, 200);
        if ((await rows()).every(({ status }) => status !== 'pending')) break;
        clock.time += 25 * 3_600_000; // past every retry
      }
      while (ghosts.length > 0) await late(0, 500);
    }

    return { couriers, clock, emit, arrive, claim, step, vanish, late, drain, rows, ended };
  }

  test('no stale claim settles anything, first attempts keep their order, bytes stay, and nothing is lost', async () => {
    await fc.assert(
      fc.asyncProperty(happenings, async (list) => {
        const { clock, emit, arrive, claim, step, vanish, late, drain, rows, ended } = await world();
        for (const happening of list) {
          if ('lane' in happening) await emit(happening.lane, happening.hasFile);
          else if ('file' in happening) await arrive(happening.file);
          else if ('ms' in happening) clock.time += happening.ms;
          else if (!('by' in happening)) await late(happening.pick, happening.status);
          else if ('pick' in happening) await step(happening.by, happening.pick, happening.status);
          else if (happening.what === 'claim') await claim(happening.by);
          else vanish(happening.by);
        }
        await drain();
        for (const row of await rows()) {
          expect([row.id, row.status === 'pending', ended.get(row.id)]).toEqual([row.id, false, 1]);
        }
      }),
      { numRuns: 40 },
    );
  });
});
