import { type Claimed, DurableWorker, type Wanted } from '../../async/durable-worker.ts';
import type { Clock } from '../../clock.ts';
import { FetchFailed } from '../../net/fetch-error.ts';
import type { GuardedFetch } from '../../net/guarded-fetch.ts';
import type { Storage } from '../../storage/database.ts';
import { type Seal, SealBroken } from '../../storage/seal.ts';
import type { Logger } from '../../telemetry/log.ts';
import type { Channels } from '../channels.ts';
import { DeliveryQueue, type Run } from './delivery-queue.ts';
import { MAX_IN_FLIGHT } from './lanes.ts';
import { LargeBodies, type LargeBodyLimits } from './large-bodies.ts';
import { SlowReceivers } from './slow-receivers.ts';
import { type AttemptResult, describeFailure, isGone, judge, type Verdict } from './verdict.ts';
import { ATTEMPT_DEADLINE_MS, type Attempt, webhookRequest } from './webhook-request.ts';

/** Runs of deliveries at the same time in this process, and those of slow webhooks among them. */
export interface SlotLimits {
  total: number;
  slow: number;
}

export interface CourierOptions {
  storage: Storage;
  seal: Seal;
  clock: Clock;
  log: Logger;
  fetch: Pick<GuardedFetch, 'request'>;
  channels: Pick<Channels, 'changed'>;
  /** `<product>/<version> (webhook)` */
  userAgent: string;
  /** Uniform in [0, 1). */
  random?: () => number;
  slots?: SlotLimits;
}

/** Finds due retries, and what no wake-up named: events of other processes, claims of a courier that died. */
const POLL_MS = 1_000;

/** What is left of a claim when its last attempt may start: the deadline, and time to write the result. */
const MIN_CLAIM_LEFT_MS = ATTEMPT_DEADLINE_MS + 5_000;

/** Each claim is one transaction for so many webhooks. */
const CLAIMS = { concurrent: 2, keys: 4 };

/** Bodies with a file: each is in memory some times over, sealed, opened and on its way. */
const LARGE_BODIES: LargeBodyLimits = { total: 8, perWebhook: 2 };

/** Each run holds one body in memory and one connection. */
const DEFAULT_SLOTS: SlotLimits = { total: 512, slow: 256 };

/** Delivers webhooks: at least once, first attempts of a chat in order, no receiver waiting for another one. */
export class Courier {
  readonly #options: CourierOptions;
  readonly #queue: DeliveryQueue;
  readonly #worker: DurableWorker<Run>;
  readonly #random: () => number;
  readonly #slow: SlowReceivers;
  readonly #large = new LargeBodies(LARGE_BODIES);

  constructor(options: CourierOptions) {
    const { storage, clock, log, random = Math.random, slots = DEFAULT_SLOTS } = options;
    const queue = new DeliveryQueue(storage);
    const slow = new SlowReceivers(slots.slow);
    this.#options = options;
    this.#queue = queue;
    this.#random = random;
    this.#slow = slow;
    this.#worker = new DurableWorker({
      queue: {
        due: () => queue.dueWebhooks(clock.now()),
        claim: (wanted) => this.#claim(wanted),
        run: (run, webhookId) => slow.run(webhookId, () => this.#runAll(webhookId, run)),
        release: ({ deliveryIds, claimId }) => queue.release(deliveryIds, claimId),
      },
      clock,
      log,
      what: 'deliveries',
      pollMs: POLL_MS,
      limits: { total: slots.total, perKey: MAX_IN_FLIGHT },
      claims: CLAIMS,
      admits: (webhookId) => slow.hasRoomFor(webhookId),
    });
  }

  /** Frees what a courier that died had claimed. Before `start`, by the only process that serves the data. */
  recover(): Promise<void> {
    return this.#queue.releaseAll();
  }

  start(): void {
    this.#worker.start();
  }

  /** Takes nothing new, waits for the attempts that run (at most their deadline) and gives back the rest. */
  stop(): Promise<void> {
    return this.#worker.stop();
  }

  /** Something was committed for these webhooks. */
  wake(webhookIds: Iterable<string>): void {
    this.#worker.wake(webhookIds);
  }

  async #claim(wanted: readonly Wanted[]): Promise<Claimed<Run>[]> {
    const webhookIds = wanted.map(({ key }) => key);
    const claimed = await this.#queue.claim(webhookIds, this.#options.clock.now());
    return claimed.map(({ webhookId, runs, more }) => ({ key: webhookId, jobs: runs, more }));
  }

  /** false when some of it was given back. */
  async #runAll(webhookId: string, run: Run): Promise<boolean> {
    const { deliveryIds, claimId } = run;
    for (const [index, deliveryId] of deliveryIds.entries()) {
      let leave = () => {};
      try {
        const room = async () => {
          leave = await this.#large.enter(webhookId);
        };
        const attempt = this.#mayStart(run) ? await this.#queue.attempt(deliveryId, claimId, room) : null;
        // Waiting for room may have used up the claim.
        if (!attempt || !this.#mayStart(run)) {
          await this.#queue.release(deliveryIds.slice(index), claimId);
          return false;
        }
        await this.#deliver(attempt, claimId);
      } finally {
        leave();
      }
    }
    return true;
  }

  #mayStart({ until }: Run): boolean {
    return this.#worker.isOpen && until - this.#options.clock.now() >= MIN_CLAIM_LEFT_MS;
  }

  async #deliver(attempt: Attempt, claimId: string): Promise<void> {
    const { clock, channels } = this.#options;
    const startedAt = clock.now();
    const result = await this.#send(attempt, startedAt);
    const now = clock.now();
    this.#slow.took(attempt.webhook.id, now - startedAt);
    if (isGone(result)) {
      const verdict: Verdict = { kind: 'dead', ...describeFailure(result) };
      if (await this.#queue.gone(attempt, claimId, verdict, now)) {
        channels.changed(attempt.webhook.instance_id);
        this.#report(attempt, verdict, now - startedAt);
        return;
      }
    }
    const verdict = judge(result, attempt.number, now, this.#random);
    await this.#queue.settle(attempt, claimId, verdict, now);
    this.#report(attempt, verdict, now - startedAt);
  }

  async #send(attempt: Attempt, now: number): Promise<AttemptResult> {
    const { seal, fetch, userAgent, log } = this.#options;
    try {
      const answer = await fetch.request(webhookRequest(attempt, seal, now, userAgent));
      return { status: answer.status, retryAfter: answer.header('retry-after') };
    } catch (error) {
      if (error instanceof FetchFailed) return { error: error.reason };
      if (!(error instanceof SealBroken)) throw error;
      log.warn({ err: error, deliveryId: attempt.deliveryId }, 'a delivery cannot be read with this key');
      return { error: 'authorization_unreadable' };
    }
  }

  #report({ deliveryId, eventId, number, webhook }: Attempt, verdict: Verdict, durationMs: number): void {
    const line = { deliveryId, eventId, webhookId: webhook.id, attempt: number, durationMs, ...verdict };
    if (verdict.kind === 'delivered') this.#options.log.debug(line, 'webhook delivered');
    else this.#options.log.info(line, 'webhook attempt failed');
  }
}
