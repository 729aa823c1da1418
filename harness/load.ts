import { setTimeout as pause } from 'node:timers/promises';
import type { Phone } from '@ryze/whatsapp-sandbox/client';
import { Condition } from './condition.ts';
import type { GatewayEvent } from './event-watch.ts';
import type { Random } from './random.ts';
import type { Answer, LinkedInstance, Stage } from './stage.ts';

/** Messages of one instance that were sent to it and are not with every receiver yet. */
const UNDER_WAY = 4;
const TRY_AGAIN_MS = 25;

/** A send through the API, under an idempotency key that is also its text. */
export interface ApiSend {
  key: string;
  to: Phone;
  /** The answer that ended it. */
  answer: Answer;
}

interface LoadOptions {
  stage: Stage;
  instances: LinkedInstance[];
  friends: Phone[];
  random: Random;
}

/**
 * Traffic in both directions on every instance, as fast as it is answered: who sends to an instance waits until the
 * receivers have seen most of it, and each caller of the API waits for each answer.
 */
export class Load {
  /** Ids of messages that phones sent, by instance. */
  readonly inbound = new Map<string, string[]>();
  readonly outbound: ApiSend[] = [];
  readonly changed = new Condition();
  /** How many events were delivered and how many calls answered so far. */
  readonly count = { received: 0, answered: 0 };
  readonly #seen = new Map<string, number>();
  readonly #options: LoadOptions;
  readonly #workers: Promise<void>[] = [];
  #on = true;

  constructor(options: LoadOptions) {
    this.#options = options;
    for (const instance of options.instances) {
      this.inbound.set(instance.name, []);
      this.#workers.push(this.#send(instance), this.#call(instance));
    }
  }

  /** Call it with each event that a receiver gets. */
  received({ event, data }: GatewayEvent): void {
    this.count.received++;
    if (event === 'message.exchange') this.#seen.set(data.id, (this.#seen.get(data.id) ?? 0) + 1);
    this.changed.notify();
  }

  /** Stops sending; resolves when every call has its answer and every receiver every message. */
  async end(): Promise<void> {
    this.#on = false;
    this.changed.notify();
    await Promise.all(this.#workers);
    for (const [name, ids] of this.inbound) {
      const missing = () => ids.filter((id) => !this.#arrived(id));
      await this.changed.until(
        () => missing().length === 0,
        () => `${name} did not report ${missing()}`,
      );
    }
  }

  #arrived(id: string): boolean {
    return (this.#seen.get(id) ?? 0) >= this.#options.stage.receivers.length;
  }

  /** Friends write to the instance, and now and then its own phone writes to a friend. */
  async #send({ name, phone }: LinkedInstance): Promise<void> {
    const { random, friends } = this.#options;
    const sent = this.inbound.get(name) ?? [];
    const underWay = () => sent.filter((id) => !this.#arrived(id)).length;
    for (let n = 0; ; n++) {
      await this.changed.until(
        () => !this.#on || underWay() < UNDER_WAY,
        () => `${name} reports nothing more`,
      );
      if (!this.#on) return;
      const friend = random.pick(friends);
      const [from, to] = random.whole(7) === 0 ? [phone, friend] : [friend, phone];
      sent.push(await from.send(to.number, `in ${name} ${n}`));
    }
  }

  async #call(instance: LinkedInstance): Promise<void> {
    const { random, friends } = this.#options;
    for (let n = 0; this.#on; n++) {
      const to = random.pick(friends);
      const key = `out ${instance.name} ${n}`;
      this.outbound.push({ key, to, answer: await this.#untilAnswered(instance, to, key) });
      this.count.answered++;
      this.changed.notify();
    }
  }

  /** Repeats a call under its key while there is no answer or the instance is not connected, as a client would. */
  async #untilAnswered({ name, token }: LinkedInstance, to: Phone, key: string): Promise<Answer> {
    for (;;) {
      const answer = await this.#options.stage
        .call(
          'POST',
          `/api/message/text/${name}`,
          token,
          { number: to.number, message: key },
          { 'idempotency-key': key },
        )
        .catch(() => null);
      if (answer && answer.status !== 503) return answer;
      await pause(TRY_AGAIN_MS);
    }
  }
}
