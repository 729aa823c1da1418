import type { Clock } from '../../clock.ts';
import { FetchFailed } from '../../net/fetch-error.ts';
import type { GuardedFetch } from '../../net/guarded-fetch.ts';
import type { Storage } from '../../storage/database.ts';
import { type Seal, SealBroken } from '../../storage/seal.ts';
import type { Logger } from '../../telemetry/log.ts';
import type { Channels } from '../channels.ts';
import { DeliveryQueue, type Run } from './delivery-queue.ts';
import { LargeBodies, type LargeBodyLimits } from './large-bodies.ts';
import { type SlotLimits, Slots } from './slots.ts';
import { type AttemptResult, describeFailure, isGone, judge, type Verdict } from './verdict.ts';
import { ATTEMPT_DEADLINE_MS, type Attempt, webhookRequest } from './webhook-request.ts';

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

/** Finds due retries, and whatever nobody was woken for: events of other nodes, claims of a courier that died. */
const POLL_MS = 1_000;

/** What is left of a claim when its last attempt may start: the deadline, and time to write the result. */
const MIN_CLAIM_LEFT_MS = ATTEMPT_DEADLINE_MS + 5_000;

/** Claims at a time, each a transaction for so many webhooks. */
const MAX_CLAIMS = 2;
const CLAIM_BATCH = 4;

/** Bodies with a file: each is in memory some times over, sealed, opened and on its way. */
const LARGE_BODIES: LargeBodyLimits = { total: 8, perWebhook: 2 };

/** Each run holds one body in memory and one connection. */
const DEFAULT_SLOTS: SlotLimits = { total: 512, slow: 256 };

/**
 * Delivers webhooks: at least once, first attempts of a chat in order, no receiver waiting for another one.
 * The queue in the database is the truth; this object only knows who may have something to send.
 */
export class Courier {
  readonly #options: CourierOptions;
  readonly #queue: DeliveryQueue;
  readonly #random: () => number;
  /** Webhooks that may have something to send. */
  readonly #ready = new Set<string>();
  readonly #claiming = new Set<string>();
  /** Webhooks whose last claim had to leave something for later. */
  readonly #leftBehind = new Set<string>();
  /** Runs whose end could not be written. Their lanes wait until it can. */
  readonly #broken = new Set<Run>();
  readonly #tasks = new Set<Promise<void>>();
  readonly #slots: Slots;
  readonly #large = new LargeBodies(LARGE_BODIES);
  #claims = 0;
  #pumping = false;
  #open = false;
  #cancelPoll = () => {};

  constructor(options: CourierOptions) {
    this.#options = options;
    this.#queue = new DeliveryQueue(options.storage);
    this.#random = options.random ?? Math.random;
    this.#slots = new Slots(options.slots ?? DEFAULT_SLOTS);
  }

  /** Frees what a courier that died had claimed. Before `start`, by the only process that serves the data. */
  recover(): Promise<void> {
    return this.#queue.releaseAll();
  }

  start(): void {
    this.#open = true;
    this.#track(this.#poll());
    this.#pump();
  }

  /** Takes nothing new, waits for the attempts that run (at most their deadline) and gives back the rest. */
  async stop(): Promise<void> {
    this.#open = false;
    this.#cancelPoll();
    while (this.#tasks.size > 0) await Promise.all(this.#tasks);
  }

  /** Something was committed for these webhooks. */
  wake(webhookIds: Iterable<string>): void {
    for (const id of webhookIds) this.#ready.add(id);
    this.#pump();
  }

  #track(task: Promise<void>): void {
    const tracked = task.finally(() => this.#tasks.delete(tracked));
    this.#tasks.add(tracked);
  }

  async #poll(): Promise<void> {
    try {
      await this.#mend();
      this.wake(await this.#queue.dueWebhooks(this.#options.clock.now()));
    } catch (error) {
      this.#options.log.error({ err: error }, 'cannot look for due deliveries; trying again');
    }
    if (this.#open) this.#cancelPoll = this.#options.clock.after(POLL_MS, () => this.#track(this.#poll()));
  }

  /** Gives back what broken runs had claimed: the attempt that was under way is made again. */
  async #mend(): Promise<void> {
    for (const run of this.#broken) {
      await this.#queue.release(run.deliveryIds, run.claimId);
      this.#broken.delete(run);
    }
  }

  /** Later in this turn of the event loop: wakes that come together are claimed together. */
  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    setImmediate(() => {
      this.#pumping = false;
      while (this.#open && this.#claims < MAX_CLAIMS) {
        const webhookIds = this.#nextBatch();
        if (webhookIds.length === 0) return;
        this.#track(this.#serve(webhookIds));
      }
    });
  }

  #nextBatch(): string[] {
    const batch: string[] = [];
    for (const webhookId of this.#ready) {
      if (batch.length === CLAIM_BATCH || this.#slots.isFull) break;
      if (this.#claiming.has(webhookId) || !this.#slots.hasRoomFor(webhookId)) continue;
      this.#ready.delete(webhookId);
      batch.push(webhookId);
    }
    return batch;
  }

  async #serve(webhookIds: string[]): Promise<void> {
    this.#claims++;
    for (const id of webhookIds) this.#claiming.add(id);
    try {
      for (const { webhookId, runs, more } of await this.#queue.claim(
        webhookIds,
        this.#options.clock.now(),
      )) {
        if (more) this.#leftBehind.add(webhookId);
        else this.#leftBehind.delete(webhookId);
        for (const run of runs) this.#track(this.#work(webhookId, run));
      }
    } catch (error) {
      this.#options.log.error(
        { err: error, webhookIds },
        'cannot claim deliveries; the next poll tries again',
      );
    }
    for (const id of webhookIds) this.#claiming.delete(id);
    this.#claims--;
    this.#pump();
  }

  async #work(webhookId: string, run: Run): Promise<void> {
    let complete = false;
    try {
      await this.#slots.use(webhookId, async () => {
        complete = await this.#runAll(webhookId, run);
      });
    } catch (error) {
      this.#options.log.error(
        { err: error, webhookId },
        'a run of deliveries broke off; the next poll gives it back',
      );
      this.#broken.add(run);
    }
    // A claim that is being made may have seen this run as busy still, and left something behind for its sake.
    const mayGoOn = !complete || this.#leftBehind.has(webhookId) || this.#claiming.has(webhookId);
    this.wake(mayGoOn ? [webhookId] : []);
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
    return this.#open && until - this.#options.clock.now() >= MIN_CLAIM_LEFT_MS;
  }

  async #deliver(attempt: Attempt, claimId: string): Promise<void> {
    const { clock, channels } = this.#options;
    const startedAt = clock.now();
    const result = await this.#send(attempt, startedAt);
    const now = clock.now();
    this.#slots.took(attempt.webhook.id, now - startedAt);
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
