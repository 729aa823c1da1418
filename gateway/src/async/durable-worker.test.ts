import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLog } from '../telemetry/log.ts';
import { TestClock } from '../testing/test-clock.ts';
import { type DurableQueue, DurableWorker, type DurableWorkerOptions } from './durable-worker.ts';

const POLL_MS = 1_000;

interface Job {
  key: string;
  id: number;
}

/** A queue in memory, with a step of time before each answer. */
class Queue implements DurableQueue<Job> {
  readonly waiting: Job[] = [];
  readonly claimed = new Set<Job>();
  readonly ran: Job[] = [];
  readonly released: Job[] = [];
  /** What a run does before it ends; it rejects when its end cannot be written. */
  work: (job: Job) => Promise<unknown> = async () => {};
  beforeRelease = async () => {};
  step: () => Promise<unknown> = () => Promise.resolve();
  #ids = 0;

  add(key: string): void {
    this.waiting.push({ key, id: this.#ids++ });
  }

  async due() {
    await this.step();
    return new Set(this.waiting.map(({ key }) => key));
  }

  async claim(wanted: readonly { key: string; room: number }[]) {
    await this.step();
    const claims = wanted.map(({ key, room }) => {
      const own = this.waiting.filter((job) => job.key === key);
      const jobs = own.slice(0, room);
      for (const job of jobs) {
        this.waiting.splice(this.waiting.indexOf(job), 1);
        this.claimed.add(job);
      }
      return { key, jobs, more: own.length > jobs.length };
    });
    await this.step();
    return claims;
  }

  async run(job: Job) {
    await this.step();
    await this.work(job);
    this.claimed.delete(job);
    this.ran.push(job);
    return true;
  }

  async release(job: Job) {
    await this.beforeRelease();
    this.claimed.delete(job);
    this.released.push(job);
    this.waiting.push(job);
  }
}

function setup(options: Partial<DurableWorkerOptions<Job>> = {}) {
  const queue = new Queue();
  const clock = new TestClock();
  const worker = new DurableWorker<Job>({
    queue,
    clock,
    log: createLog('silent'),
    what: 'jobs',
    pollMs: POLL_MS,
    limits: { total: 4, perKey: 2 },
    claims: { concurrent: 2, keys: 2 },
    ...options,
  });
  return { queue, clock, worker };
}

/** Holds every run until it is let go. */
function held(queue: Queue) {
  const runs: { job: Job; end: () => void; fail: () => void }[] = [];
  queue.work = (job) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    runs.push({ job, end: resolve, fail: () => reject(new Error('not written')) });
    return promise;
  };
  return runs;
}

describe('a durable worker', () => {
  test('loses no wake-up, also when another job ends in the same moment', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 12 }),
        fc.constantFrom({ total: 1, perKey: 1 }, { total: 2, perKey: 1 }, { total: 4, perKey: 2 }),
        async (scheduler, keys, limits) => {
          const { queue, worker } = setup({ limits, claims: { concurrent: 1, keys: 1 } });
          queue.step = () => scheduler.schedule(Promise.resolve());
          worker.start();
          for (const key of keys) {
            void scheduler.schedule(Promise.resolve()).then(() => {
              queue.add(key);
              worker.wake([key]);
            });
          }
          while (queue.ran.length < keys.length) {
            if (scheduler.count() > 0) await scheduler.waitOne();
            else await new Promise(setImmediate);
          }
          expect(new Set(queue.ran).size).toBe(keys.length);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('finds by its poll the jobs without a wake-up', async () => {
    const { queue, clock, worker } = setup();
    queue.add('a');
    worker.start();
    await expect.poll(() => queue.ran).toHaveLength(1);
    queue.add('a');
    await expect.poll(() => clock.waiting).toBe(1);
    clock.advance(POLL_MS);
    await expect.poll(() => queue.ran).toHaveLength(2);
  });

  test('keeps to its limits, of a key and of all together', async () => {
    const { queue, worker } = setup({ limits: { total: 5, perKey: 2 } });
    const runs = held(queue);
    for (const key of ['a', 'a', 'a', 'a', 'b', 'b', 'c', 'c', 'd']) queue.add(key);
    worker.start();
    const running = () => runs.map(({ job }) => job.key).join('');
    await expect.poll(running).toBe('aabbc');
    runs[2]?.end();
    await expect.poll(running).toBe('aabbcd');
    for (let ended = 0; ended < 9; ended++) {
      await expect.poll(() => runs.length).toBeGreaterThan(ended);
      runs[ended]?.end();
      expect(runs.length - queue.ran.length).toBeLessThanOrEqual(5);
    }
    await expect.poll(() => queue.ran).toHaveLength(9);
  });

  test('lets keys take turns: one with many jobs does not hold up the others', async () => {
    const { queue, worker } = setup({ limits: { total: 1, perKey: 1 }, claims: { concurrent: 1, keys: 1 } });
    for (const key of ['a', 'a', 'a', 'b', 'c']) queue.add(key);
    worker.start();
    await expect.poll(() => queue.ran.map(({ key }) => key).join('')).toBe('abcaa');
  });

  test('gives back a job whose end could not be written, with the poll and not before', async () => {
    const { queue, clock, worker } = setup({ limits: { total: 1, perKey: 1 } });
    const runs = held(queue);
    queue.add('a');
    queue.add('b');
    worker.start();
    await expect.poll(() => runs).toHaveLength(1);
    queue.beforeRelease = () => Promise.reject(new Error('still not'));
    runs[0]?.fail();
    await expect.poll(() => clock.waiting).toBe(1);
    clock.advance(POLL_MS);
    await expect.poll(() => clock.waiting).toBe(1);
    expect([queue.released.length, runs.length]).toEqual([0, 1]);
    queue.beforeRelease = async () => {};
    clock.advance(POLL_MS);
    await expect.poll(() => runs).toHaveLength(2);
    expect(queue.released).toEqual([{ key: 'a', id: 0 }]);
    runs[1]?.end();
    await expect.poll(() => runs).toHaveLength(3);
    runs[2]?.end();
    await expect.poll(() => queue.ran.map(({ id }) => id).sort()).toEqual([0, 1]);
  });

  test('gives back and finds other jobs while one cannot be given back', async () => {
    const { queue, clock, worker } = setup({ limits: { total: 4, perKey: 1 } });
    const runs = held(queue);
    for (const key of ['a', 'b']) queue.add(key);
    worker.start();
    await expect.poll(() => runs).toHaveLength(2);
    const release = queue.release.bind(queue);
    queue.release = (job) => (job.key === 'a' ? Promise.reject(new Error('not this one')) : release(job));
    for (const run of runs) run.fail();
    await expect.poll(() => clock.waiting).toBe(1);
    queue.add('c');
    clock.advance(POLL_MS);
    await expect.poll(() => runs.slice(2).map(({ job }) => job.key)).toEqual(['b', 'c']);
    for (const run of runs.slice(2)) run.end();
    await worker.stop();
    expect([...queue.claimed].map(({ key }) => key)).toEqual(['a']);
  });

  test('goes on by itself after a claim that failed', async () => {
    const { queue, clock, worker } = setup();
    const claim = queue.claim.bind(queue);
    queue.claim = () => Promise.reject(new Error('no database'));
    queue.add('a');
    worker.start();
    await expect.poll(() => clock.waiting).toBe(1);
    await new Promise(setImmediate);
    queue.claim = claim;
    clock.advance(POLL_MS);
    await expect.poll(() => queue.ran).toHaveLength(1);
  });

  test('waits for what runs when it stops, starts nothing more, and leaves nothing claimed', async () => {
    const { queue, clock, worker } = setup({ limits: { total: 2, perKey: 2 } });
    const runs = held(queue);
    for (const key of ['a', 'a', 'b']) queue.add(key);
    worker.start();
    await expect.poll(() => runs).toHaveLength(2);
    let stopped = false;
    const stopping = worker.stop().then(() => {
      stopped = true;
    });
    worker.wake(['b']);
    runs[0]?.fail();
    await new Promise(setImmediate);
    expect(stopped).toBe(false);
    runs[1]?.end();
    await stopping;
    expect([queue.claimed.size, queue.waiting.length, clock.waiting]).toEqual([0, 2, 0]);
  });

  test('gives back what a claim brings that ends after the stop', async () => {
    const { queue, worker } = setup();
    const { promise, resolve } = Promise.withResolvers<void>();
    const claim = queue.claim.bind(queue);
    queue.claim = async (wanted) => {
      const claimed = await claim(wanted);
      await promise;
      return claimed;
    };
    queue.add('a');
    worker.start();
    await expect.poll(() => queue.claimed.size).toBe(1);
    const stopping = worker.stop();
    resolve();
    await stopping;
    expect([queue.ran, queue.claimed.size, queue.waiting.length]).toEqual([[], 0, 1]);
  });
});
