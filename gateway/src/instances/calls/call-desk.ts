import { randomBytes } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import type { Outbox } from '../../events/outbox.ts';
import { type Failure, failure } from '../../failure.ts';
import { noteOffer, reportCall } from '../../mailbox/calls.ts';
import type { NumberCache } from '../../mailbox/number-cache.ts';
import type { Queries } from '../../storage/queries.ts';
import type { InstanceRow } from '../../storage/schema.ts';
import type { Logger } from '../../telemetry/log.ts';
import type { CallNotice } from '../../whatsapp/call.ts';
import { type Person, parseJid, userOf } from '../../whatsapp/jid.ts';
import { SendFailed, type Session } from '../../whatsapp/session.ts';
import { inMailbox } from '../in-mailbox.ts';
import type { InstanceSettings } from '../settings.ts';

const CALL_ID_BYTES = 16;
/** An offer that waited longer has stopped ringing. */
const STILL_RINGING_MS = 60_000;

export interface CallDeskOptions {
  db: Queries;
  outbox: Outbox;
  clock: Clock;
  log: Logger;
  numbers: NumberCache;
  sessions: { session(instanceId: string): Pick<Session, 'calls' | 'lookUpNumbers'> };
  settingsOf(
    instance: Pick<InstanceRow, 'settings'>,
  ): Pick<InstanceSettings, 'autoRejectCalls' | 'callRejectMessage'>;
  /** Sends a text to somebody who called. */
  answer(instance: InstanceRow, to: string, text: string): Promise<unknown>;
}

/** A call that we placed and that is to end by itself. */
interface Placed {
  instanceId: string;
  to: string;
  cancel: () => void;
}

/** For tests of other things: nothing is turned away. */
export const nobodyAnswers: Pick<CallDesk, 'heard'> = { heard: () => {} };

/** Calls of all instances: turns away those that nobody wants, and ends those that were placed. */
export class CallDesk {
  readonly #options: CallDeskOptions;
  readonly #placed = new Map<string, Placed>();

  constructor(options: CallDeskOptions) {
    this.#options = options;
  }

  /**
   * Rings the user of a number (digits, Brazil's other form tried as well) and hangs up after `seconds`, or at once when
   * the call is answered. Resolves when WhatsApp took the offer, with the call's id and the number that rings.
   */
  async place(
    instance: InstanceRow,
    digits: string,
    seconds: number,
  ): Promise<{ callId: string; number: string }> {
    const { sessions, numbers, clock } = this.#options;
    const callId = randomBytes(CALL_ID_BYTES).toString('hex').toUpperCase();
    const session = sessions.session(instance.id);
    const found = await placing(numbers.find(instance.id, session, digits));
    if (!found) throw failure('number_unregistered');
    const { jid: to } = found;
    await placing(session.calls.offer(callId, to));
    const cancel = clock.after(seconds * 1_000, () => void this.#hangUp(callId));
    this.#placed.set(callId, { instanceId: instance.id, to, cancel });
    const offer = { callId, isVideo: false, groupJid: null };
    await inMailbox(this.#options, instance, async (mailbox) => {
      await mailbox.meet(found, 'query');
      await noteOffer(mailbox, offer);
    });
    return { callId, number: userOf(to) };
  }

  /** Hears of every notice once it is stored. */
  heard(instanceId: string, notice: CallNotice): void {
    const { change, callId, outgoing } = notice;
    const placed = this.#placed.get(callId);
    if (placed && change === 'accepted') void this.#hangUp(callId);
    else if (placed && (change === 'rejected' || change === 'terminated')) this.#forget(callId);
    if (change === 'offer' && !outgoing && notice.groupJid === null) void this.#turnAway(instanceId, notice);
  }

  /** Hangs up whatever still rings. */
  async stop(): Promise<void> {
    await Promise.all([...this.#placed.keys()].map((callId) => this.#hangUp(callId)));
  }

  async #hangUp(callId: string): Promise<void> {
    const placed = this.#forget(callId);
    if (!placed) return;
    const { instanceId, to } = placed;
    const { sessions, log, clock } = this.#options;
    try {
      await sessions.session(instanceId).calls.hangUp(callId, to);
      const instance = await this.#instance(instanceId);
      if (!instance) return;
      await inMailbox(this.#options, instance, (mailbox) =>
        reportCall(mailbox, {
          callId,
          change: 'terminated',
          caller: mailbox.scope.self,
          from: to,
          outgoing: true,
          groupJid: null,
          at: clock.now(),
          reason: null,
          latencyMs: null,
          key: '',
        }),
      );
    } catch (error) {
      log.warn({ instance: instanceId, err: error }, 'could not hang up');
    }
  }

  #forget(callId: string): Placed | undefined {
    const placed = this.#placed.get(callId);
    placed?.cancel();
    this.#placed.delete(callId);
    return placed;
  }

  /** WhatsApp does not echo a rejection to the device that made it, so it is reported here. */
  async #turnAway(instanceId: string, notice: CallNotice): Promise<void> {
    const { clock, log, sessions, settingsOf, answer } = this.#options;
    try {
      const instance = await this.#instance(instanceId);
      if (!instance || clock.now() - notice.at > STILL_RINGING_MS) return;
      const { autoRejectCalls, callRejectMessage } = settingsOf(instance);
      if (!autoRejectCalls) return;
      await sessions.session(instanceId).calls.reject(notice);
      await inMailbox(this.#options, instance, (mailbox) =>
        reportCall(mailbox, {
          ...notice,
          change: 'rejected',
          at: clock.now(),
          reason: 'auto_reject',
          key: '',
        }),
      );
      const to = addressOf(notice.caller);
      if (callRejectMessage !== '' && to) await answer(instance, to, callRejectMessage);
    } catch (error) {
      log.warn({ instance: instanceId, err: error }, 'could not turn a call away');
    }
  }

  #instance(instanceId: string): Promise<InstanceRow | undefined> {
    return this.#options.db
      .selectFrom('instances')
      .selectAll()
      .where('id', '=', instanceId)
      .executeTakeFirst();
  }
}

function addressOf({ jid, lid }: Person): string | null {
  return parseJid(jid ?? lid)?.jid ?? null;
}

/** The contract gives the reason alone, without words around it. */
async function placing<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof SendFailed ? callFailure(error) : error;
  }
}

function callFailure(failed: SendFailed): Failure {
  const { reason } = failed;
  if (reason.kind === 'not_connected') return failure('instance_not_connected', undefined, failed);
  if (failed.isThrottled) return failure('message_throttled', undefined, failed);
  const text =
    reason.kind === 'refused'
      ? `WhatsApp refused the call (code ${reason.code})`
      : reason.kind === 'failed'
        ? reason.text
        : 'timed out';
  return failure('operation_failed', { text }, failed);
}
