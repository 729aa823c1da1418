import type { Phone } from '@ryze/whatsapp-sandbox/client';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { databases } from '../gateway/src/storage/testing/databases.ts';
import type { GatewayEvent } from './event-watch.ts';
import { type LinkedInstance, Stage } from './stage.ts';

const [database] = databases;
let stage: Stage;
let instances = 0;

beforeAll(async () => {
  if (!database) throw new Error('no database');
  stage = await Stage.set(await database.open());
  await stage.startGateway();
});
afterAll(() => stage.close());

/** An instance with an open session and a friend with whom it has talked before. */
class Subject {
  readonly phone: Phone;
  readonly friend: Phone;
  readonly #instance: LinkedInstance;
  #mark = 0;

  static async make(): Promise<Subject> {
    const subject = new Subject(
      await stage.link(`subject-${++instances}`),
      await stage.newPhone(`Friend ${instances}`),
    );
    await subject.state('connected');
    await subject.reported(await subject.friend.send(subject.phone.number, 'hello'));
    const { body } = await subject.send('hello');
    await subject.reported(body.data.messageId);
    subject.#mark = subject.events().length;
    return subject;
  }

  private constructor(instance: LinkedInstance, friend: Phone) {
    this.#instance = instance;
    this.phone = instance.phone;
    this.friend = friend;
  }

  events(): GatewayEvent[] {
    const own = ({ instanceData }: GatewayEvent) => instanceData.instance === this.#instance.name;
    return stage.receivers.flatMap(({ events }) => events.all()).filter(own);
  }

  /** Events since the subject was made. */
  since(kind: string): GatewayEvent['data'][] {
    const news = this.events().slice(this.#mark);
    return news.filter(({ event }) => event === kind).map(({ data }) => data);
  }

  states(): [string, string | null][] {
    return this.since('instance.state').map(({ state, reason }) => [state, reason]);
  }

  async state(state: string, since: 'ever' | 'since' = 'ever'): Promise<void> {
    const states = () =>
      since === 'ever' ? this.events().map(({ data }) => data) : this.since('instance.state');
    await vi.waitFor(() => expect(states().map((data) => data.state)).toContain(state), PATIENT);
  }

  async reported(id: string): Promise<void> {
    await vi.waitFor(() => expect(this.reports(id), `reports of ${id}`).toHaveLength(1), PATIENT);
  }

  reports(id: string) {
    return this.events().filter(({ event, data }) => event === 'message.exchange' && data.id === id);
  }

  send(message: string) {
    const body = { number: this.friend.number, message };
    return stage.call('POST', `/api/message/text/${this.#instance.name}`, this.#instance.token, body);
  }

  reconnect() {
    return stage.call('POST', `/api/instance/reconnect/${this.#instance.name}`, this.#instance.token);
  }

  /** How often the friend's screen shows this text. */
  async shown(text: string): Promise<number> {
    return (await this.friend.inbox()).filter((message) => message.text === text).length;
  }

  async waiting(): Promise<number | undefined> {
    return (await this.phone.devices())[0]?.waiting;
  }

  /** Both directions work. */
  async works(): Promise<void> {
    await this.reported(await this.friend.send(this.phone.number, 'still there?'));
    const text = `yes ${Math.random()}`;
    await vi.waitFor(async () => expect((await this.send(text)).status).toBe(200), PATIENT);
    expect(await this.shown(text)).toBe(1);
  }
}

const PATIENT = { timeout: 120_000, interval: 50 };

type State = [state: string, reason: string | null];
const CLOSED: State = ['disconnected', 'connection_closed'];

interface Interruption {
  fault: string;
  details?: object;
  states: State[];
}

const interruptions: Interruption[] = [
  { fault: 'disconnect', states: [CLOSED] },
  { fault: 'stream-error', details: { code: 500 }, states: [['stream_error', 'Stream Errored (unknown)']] },
  { fault: 'stream-error', details: { code: 503 }, states: [['disconnected', 'unavailable']] },
  { fault: 'stream-error', details: { code: 515 }, states: [] },
  {
    fault: 'reject-login',
    details: { reason: 500, count: 2 },
    states: [CLOSED, ['connect_failure', null]],
  },
  {
    fault: 'reject-login',
    details: { reason: 503, count: 2 },
    states: [CLOSED, ['disconnected', 'unavailable']],
  },
  {
    fault: 'reject-login',
    details: { reason: 414, count: 1 },
    states: [CLOSED, ['cat_refresh_error', null]],
  },
  {
    fault: 'deaf',
    states: [
      ['keepalive_timeout', null],
      ['disconnected', 'connection_lost'],
      ['keepalive_restored', null],
    ],
  },
];

const ends: (Interruption & { comesBack: boolean })[] = [
  { fault: 'stream-error', details: { code: 440 }, states: [['stream_replaced', null]], comesBack: true },
  {
    fault: 'reject-login',
    details: { reason: 402, count: 1 },
    states: [CLOSED, ['temp_banned', null]],
    comesBack: true,
  },
  {
    fault: 'reject-login',
    details: { reason: 405, count: 1 },
    states: [CLOSED, ['client_outdated', null]],
    comesBack: true,
  },
  {
    fault: 'stream-error',
    details: { code: 401 },
    states: [['logged_out', 'device_removed']],
    comesBack: false,
  },
  {
    fault: 'reject-login',
    details: { reason: 401, count: 1 },
    states: [CLOSED, ['logged_out', 'device_removed']],
    comesBack: false,
  },
  {
    fault: 'reject-login',
    details: { reason: 403, count: 1 },
    states: [CLOSED, ['logged_out', 'account_locked']],
    comesBack: false,
  },
];

async function strike({ phone }: Subject, { fault, details }: Interruption): Promise<void> {
  await phone.fault(fault, details);
  if (fault === 'reject-login') await phone.fault('disconnect');
}

describe('while WhatsApp misbehaves', { concurrent: true }, () => {
  it.each(interruptions)('$fault $details interrupts: nothing is lost, and it comes back', async (row) => {
    const subject = await Subject.make();
    await strike(subject, row);
    const [id, answer] = await Promise.all([
      subject.friend.send(subject.phone.number, 'in the middle'),
      subject.send('out of it'),
    ]);
    expect([200, 503, 504]).toContain(answer.status);
    await subject.reported(id);
    if (row.fault !== 'deaf') await subject.state('connected', 'since');
    await subject.works();
    expect(subject.reports(id)).toHaveLength(1);
    const shown = await subject.shown('out of it');
    if (answer.status === 200) expect(shown).toBe(1);
    else expect(shown).toBeLessThanOrEqual(1);
    expect(subject.states()).toEqual([...row.states, ['connected', null]]);
    expect(subject.since('message.undecryptable')).toEqual([]);
  });

  it.each(ends)('$fault $details ends the session: it waits to be asked', async (row) => {
    const subject = await Subject.make();
    await strike(subject, row);
    await subject.state(row.states.at(-1)?.[0] ?? '', 'since');
    expect((await subject.send('not now')).status).toBe(503);
    expect(await subject.shown('not now')).toBe(0);
    const id = await subject.friend.send(subject.phone.number, 'for later');
    expect(await subject.waiting()).toBeGreaterThan(0);
    expect(subject.states()).toEqual(row.states);
    const { status } = await subject.reconnect();
    expect(status).toBe(row.comesBack ? 200 : 400);
    if (!row.comesBack) return expect(subject.reports(id)).toEqual([]);
    await subject.reported(id);
    await subject.works();
  });

  it('slow delays and changes nothing', async () => {
    const subject = await Subject.make();
    await subject.phone.fault('slow', { ms: 700 });
    await subject.works();
    expect(subject.states()).toEqual([]);
  });

  it('drop-acks leaves a send unanswered, and the receipt proves it', async () => {
    const subject = await Subject.make();
    await subject.phone.fault('drop-acks');
    const sending = subject.send('no word of it');
    const id = await subject.friend.send(subject.phone.number, 'comes in all the same');
    await subject.reported(id);
    const answer = await sending;
    expect(answer.status).toBe(504);
    expect(await subject.shown('no word of it')).toBe(1);
    await subject.reported(answer.headers.get('x-message-id') ?? '');
    expect(subject.states()).toEqual([]);
  });

  it.each([
    [463, 403],
    [479, 500],
    [421, 500],
  ])('ack-error %i answers %i and reports the failure', async (code, status) => {
    const subject = await Subject.make();
    await subject.phone.fault('ack-error', { code });
    const answer = await subject.send('refused');
    expect(answer.status).toBe(status);
    const messageId = answer.headers.get('x-message-id') ?? '';
    await vi.waitFor(
      () =>
        expect(subject.since('message.status')).toContainEqual(
          expect.objectContaining({
            status: 'failed',
            messageIds: [messageId],
            error: expect.objectContaining({ code }),
          }),
        ),
      PATIENT,
    );
    expect(subject.reports(messageId)).toEqual([]);
    expect(await subject.shown('refused')).toBe(0);
    await subject.reported(await subject.friend.send(subject.phone.number, 'comes in all the same'));
  });

  it('duplicate gives one event each', async () => {
    const subject = await Subject.make();
    await subject.phone.fault('duplicate');
    const sent: string[] = [];
    for (let n = 0; n < 5; n++) sent.push(await subject.friend.send(subject.phone.number, `twice ${n}`));
    for (const id of sent) await subject.reported(id);
    await subject.works();
    for (const id of sent) expect(subject.reports(id)).toHaveLength(1);
    expect(subject.since('message.undecryptable')).toEqual([]);
    await vi.waitFor(async () => expect(await subject.waiting()).toBe(0), PATIENT);
  });

  it('corrupt is reported, and reported again when the resend came', async () => {
    const subject = await Subject.make();
    await subject.phone.fault('corrupt');
    const id = await subject.friend.send(subject.phone.number, 'broken on the way');
    await subject.reported(id);
    expect(subject.since('message.undecryptable').map((data) => data.id)).toEqual([id]);
    expect(subject.since('message.exchange')[0].message.content).toBe('broken on the way');
    await subject.works();
  });

  it('pre-keys-low is followed by new ones', async () => {
    const subject = await Subject.make();
    await subject.phone.fault('pre-keys-low', { left: 1 });
    const preKeys = async () => (await subject.phone.devices())[0]?.preKeys;
    await vi.waitFor(async () => expect(await preKeys()).toBeGreaterThan(5), PATIENT);
    const stranger = await stage.newPhone('Stranger');
    await subject.reported(await stranger.send(subject.phone.number, 'a first word'));
    await subject.works();
  });
});

it('time-skew changes nothing but the times', { timeout: 60_000 }, async () => {
  const subject = await Subject.make();
  await subject.phone.fault('time-skew', { seconds: -90_000 });
  await subject.works();
  await subject.reconnect();
  await subject.state('connected', 'since');
  await subject.works();
});
