import type { Phone } from '@ryze/whatsapp-sandbox/client';
import { databases } from '../../gateway/src/storage/testing/databases.ts';
import type { EventWatch, GatewayEvent } from '../../harness/event-watch.ts';
import { type Answer, type LinkedInstance, Stage } from '../../harness/stage.ts';
import { type LinkedWitness, WitnessStage } from '../stage.ts';

const EVENTS = [
  'message.exchange',
  'message.status',
  'message.update',
  'message.undecryptable',
  'call.update',
  'group.flow',
  'instance.state',
];

const isConnected = ({ event, data }: GatewayEvent) =>
  event === 'instance.state' && data.state === 'connected';

/** Addresses of one person. */
export interface Addresses {
  jid: string;
  lid: string;
}

/** A gateway with a linked instance, its webhook receiver, and whatsmeow as another person on the same sandbox. */
export class GatewayStage {
  readonly witnesses: WitnessStage;
  readonly instance: LinkedInstance;
  readonly witness: LinkedWitness;
  readonly addresses: { instance: Addresses; witness: Addresses };
  readonly #stage: Stage;
  readonly #started: AsyncDisposableStack;

  private constructor(fields: {
    stage: Stage;
    started: AsyncDisposableStack;
    witnesses: WitnessStage;
    instance: LinkedInstance;
    witness: LinkedWitness;
    addresses: GatewayStage['addresses'];
  }) {
    this.#stage = fields.stage;
    this.#started = fields.started;
    this.witnesses = fields.witnesses;
    this.instance = fields.instance;
    this.witness = fields.witness;
    this.addresses = fields.addresses;
  }

  /** When a step of it fails, what the steps before it started ends. */
  static async set(): Promise<GatewayStage> {
    await using started = new AsyncDisposableStack();
    const storage = await databases[0]?.open();
    if (!storage) throw new Error('SQLite is always there');
    started.defer(async () => void (await storage.close()));
    const stage = await Stage.set(storage);
    started.defer(() => stage.close());
    await stage.startGateway();
    const witnesses = await WitnessStage.on(stage.sandbox.info);
    started.defer(() => witnesses.close());
    const instance = await stage.link('shop');
    await stage.call('POST', '/api/events/webhook/shop', instance.token, {
      label: 'receiver-0',
      enabled: true,
      events: EVENTS,
    });
    const witness = await witnesses.link('Witness');
    const addressesOf = async (phone: Phone): Promise<Addresses> => witnesses.profile(phone);
    return new GatewayStage({
      stage,
      witnesses,
      instance,
      witness,
      addresses: {
        instance: await addressesOf(instance.phone),
        witness: await addressesOf(witness.phone),
      },
      started: started.move(),
    });
  }

  async close(): Promise<void> {
    await this.#started.disposeAsync();
  }

  /** A request with the instance's token; `:instance` in the path becomes its name. Throws unless it is answered 2xx. */
  async call(method: string, path: string, body?: object): Promise<Answer> {
    const { name, token } = this.instance;
    const answer = await this.#stage.call(method, path.replace(':instance', name), token, body);
    if (answer.status >= 300)
      throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer;
  }

  /** Ends the gateway, runs `meanwhile`, and starts it again; resolves when the instance is connected. */
  async whileStopped(meanwhile: () => Promise<void>): Promise<void> {
    const connections = this.#connections();
    await this.#stage.endGateway('SIGTERM');
    await meanwhile();
    await this.#stage.startGateway();
    await this.events.expect('the connection', isConnected, connections + 1);
  }

  #connections(): number {
    return this.events.all().filter(isConnected).length;
  }

  get events(): EventWatch {
    const [receiver] = this.#stage.receivers;
    if (!receiver) throw new Error('the stage has no receiver');
    return receiver.events;
  }

  /** The `message.exchange` of a message. */
  exchange(id: string): Promise<GatewayEvent> {
    return this.events.expect(
      `the message ${id}`,
      ({ event, data }) => event === 'message.exchange' && data.id === id,
    );
  }
}
