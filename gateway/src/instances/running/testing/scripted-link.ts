import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../../clock.ts';
import type { DatabaseTransaction, Queries } from '../../../storage/queries.ts';
import type { InstanceRow } from '../../../storage/schema.ts';
import type {
  CloseReason,
  Link,
  LinkConnection,
  LinkedDevice,
  PairedDevice,
  PairingOptions,
  PairingWatcher,
  SessionWatcher,
} from '../../../whatsapp/link.ts';
import type { PasskeyPort } from '../../../whatsapp/passkey/port.ts';
import type { Session } from '../../../whatsapp/session.ts';

/** What a test can make take as long as it wants. `restart`: WhatsApp's close after a pairing. */
export type Step = 'load' | 'replay' | 'close' | 'restart';

/** WhatsApp's QR references are used up after this long. */
const CODES_LIFE_MS = 130_000;

export const closed = (kind: CloseReason['kind'], code: number | null = null): CloseReason => ({
  kind,
  code,
  text: null,
  banSeconds: null,
});

/**
 * An engine that does what a test says, on a real database: a device is a row of credentials and a row of keys. It
 * notes what breaks the rules of the port, which the real engine would answer with a damaged ratchet.
 */
export class ScriptedLink implements Link {
  readonly violations: string[] = [];
  /** Connections that exist now, of all instances. */
  readonly connections = new Set<ScriptedConnection>();
  /** Devices that WhatsApp knows. */
  readonly accepted = new Set<string>();
  /** Loads and replays that were begun. */
  readonly begun = { load: 0, replay: 0 };
  /** Connections find WhatsApp. */
  reachable = true;
  readonly clock: Clock;
  readonly #db: Queries;
  readonly #loaded = new Map<string, number>();
  readonly #slow = new Map<Step, number>();
  readonly #waiting: { step: Step; go: () => void }[] = [];

  constructor(db: Queries, clock: Clock) {
    this.#db = db;
    this.clock = clock;
  }

  /** The next so many steps of this kind wait for `release`. */
  slowDown(step: Step, times = 1): void {
    this.#slow.set(step, (this.#slow.get(step) ?? 0) + times);
  }

  /** Lets everything go on that waits. With `all`, nothing waits after that. */
  release(all = false): void {
    if (all) this.#slow.clear();
    for (const { go } of this.#waiting.splice(0)) go();
  }

  /** The steps that wait now. */
  get waiting(): Step[] {
    return this.#waiting.map(({ step }) => step);
  }

  loaded(instanceId: string): number {
    return this.#loaded.get(instanceId) ?? 0;
  }

  connectionsOf(instanceId: string): ScriptedConnection[] {
    return [...this.connections].filter((connection) => connection.instanceId === instanceId);
  }

  async pass(step: Step): Promise<void> {
    const left = this.#slow.get(step) ?? 0;
    if (left === 0) return;
    this.#slow.set(step, left - 1);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ step, go: resolve });
    await promise;
  }

  expect(holds: boolean, rule: string): void {
    if (!holds) this.violations.push(rule);
  }

  count(instanceId: string, change: 1 | -1): void {
    this.#loaded.set(instanceId, this.loaded(instanceId) + change);
    this.expect(this.loaded(instanceId) <= 1, 'two devices are loaded');
  }

  /** A ratchet step: a row as the real key store writes it. */
  async write(instanceId: string, deviceId: string): Promise<void> {
    const row = { instance_id: instanceId, kind: 'session', id: 'ana', value_sealed: Buffer.from(deviceId) };
    await this.#db
      .insertInto('session_keys')
      .values(row)
      .onConflict((conflict) => conflict.columns(['instance_id', 'kind', 'id']).doUpdateSet(row))
      .execute();
  }

  async load(instanceId: string): Promise<LinkedDevice | null> {
    this.begun.load++;
    this.count(instanceId, 1);
    await this.pass('load');
    const saved = await this.#db
      .selectFrom('session_creds')
      .select('creds_sealed')
      .where('instance_id', '=', instanceId)
      .executeTakeFirst();
    if (!saved) {
      this.count(instanceId, -1);
      return null;
    }
    const deviceId = Buffer.from(saved.creds_sealed).toString();
    return {
      replay: async (over) => {
        this.begun.replay++;
        this.expect(this.connectionsOf(instanceId).length === 0, 'a replay runs beside a connection');
        await this.pass('replay');
        if (!over()) await this.write(instanceId, deviceId);
      },
      open: (_instance, watcher) => new SessionConnection(this, instanceId, deviceId, watcher),
      retire: async () => this.count(instanceId, -1),
    };
  }

  pair({ id }: InstanceRow, options: PairingOptions, watcher: PairingWatcher): LinkConnection {
    this.expect(this.loaded(id) === 0, 'a device is paired beside a loaded one');
    return new PairingConnection(this, id, options, watcher);
  }

  async wipe(trx: DatabaseTransaction, instanceId: string): Promise<void> {
    this.expect(this.loaded(instanceId) === 0, 'a loaded device is wiped');
    await trx.deleteFrom('session_keys').where('instance_id', '=', instanceId).execute();
    await trx.deleteFrom('session_creds').where('instance_id', '=', instanceId).execute();
  }

  async adopt(trx: DatabaseTransaction, instanceId: string, deviceId: string): Promise<void> {
    await this.wipe(trx, instanceId);
    const creds = { instance_id: instanceId, creds_sealed: Buffer.from(deviceId), updated_at: 0 };
    await trx.insertInto('session_creds').values(creds).execute();
  }
}

/** One socket. */
export abstract class ScriptedConnection implements LinkConnection {
  readonly instanceId: string;
  protected readonly link: ScriptedLink;
  readonly #onClosed: (reason: CloseReason) => void;
  #ended = false;
  #closing: Promise<void> | null = null;

  constructor(link: ScriptedLink, instanceId: string, onClosed: (reason: CloseReason) => void) {
    this.link = link;
    this.instanceId = instanceId;
    this.#onClosed = onClosed;
    link.connections.add(this);
    link.expect(link.connectionsOf(instanceId).length === 1, 'two sockets are open');
    void this.#run();
  }

  abstract readonly session: Session;
  /** What WhatsApp does once it is reached. */
  protected abstract connected(): void;
  /** The end of what `close` does: nothing is written after it. */
  protected abstract finish(): Promise<void>;

  async #run(): Promise<void> {
    await nextTurn();
    if (!this.link.reachable) return this.end(closed('transport', 408));
    if (!this.#ended) this.connected();
  }

  end(reason: CloseReason): void {
    if (this.#ended) return;
    this.#ended = true;
    this.link.connections.delete(this);
    this.#onClosed(this.#closing ? closed('ours') : reason);
  }

  close(): Promise<void> {
    this.#closing ??= (async () => {
      await this.link.pass('close');
      this.end(closed('ours'));
      await this.finish();
    })();
    return this.#closing;
  }

  abstract logout(): Promise<void>;
}

class SessionConnection extends ScriptedConnection {
  readonly #deviceId: string;
  readonly #watcher: SessionWatcher;
  readonly session = {
    self: { jid: '5511999999999@s.whatsapp.net', lid: null, name: '' },
    presence: 'available',
    profile: { pictureUrl: async () => null, businessName: async () => null },
  } as unknown as Session;

  constructor(link: ScriptedLink, instanceId: string, deviceId: string, watcher: SessionWatcher) {
    super(link, instanceId, (reason) => watcher.closed(reason));
    this.#deviceId = deviceId;
    this.#watcher = watcher;
    link.expect(link.loaded(instanceId) === 1, 'a connection has no device');
  }

  protected connected(): void {
    this.#watcher.transportOpen();
    if (this.link.accepted.has(this.#deviceId)) this.#watcher.open();
    else this.end(closed('login', 401));
  }

  protected async finish(): Promise<void> {
    await this.link.write(this.instanceId, this.#deviceId);
    this.link.count(this.instanceId, -1);
  }

  /** The phone unlinks the device. */
  unlink(): void {
    this.link.accepted.delete(this.#deviceId);
    this.end(closed('stream', 401));
  }

  async logout(): Promise<void> {
    this.link.accepted.delete(this.#deviceId);
    this.end(closed('unlinked', 401));
  }
}

class PairingConnection extends ScriptedConnection {
  readonly #options: PairingOptions;
  readonly #watcher: PairingWatcher;
  readonly #cancelCodes: () => void;
  #shows = false;
  readonly session = {} as Session;

  constructor(link: ScriptedLink, instanceId: string, options: PairingOptions, watcher: PairingWatcher) {
    super(link, instanceId, (reason) => watcher.closed(reason));
    this.#options = options;
    this.#watcher = watcher;
    this.#cancelCodes = link.clock.after(CODES_LIFE_MS, () => this.end(closed('codes', 408)));
  }

  protected connected(): void {
    this.#watcher.transportOpen();
    this.#shows = true;
    if (this.#options.number === undefined) this.#watcher.qr('qr');
    else this.#watcher.pairingCode('ABCD-EFGH');
  }

  /** WhatsApp asks for the passkey, or the ceremony goes on. No other code is shown meanwhile. */
  passkey(ceremony: PasskeyPort): void {
    this.#cancelCodes();
    this.#watcher.passkey(ceremony);
  }

  /** A phone accepts the code that is shown, once; WhatsApp ends the connection after that. */
  scan(): void {
    if (!this.#shows) return;
    this.#shows = false;
    const deviceId = randomUUID();
    this.link.accepted.add(deviceId);
    const paired: PairedDevice = {
      jid: '5511999999999@s.whatsapp.net',
      lid: null,
      name: 'Blue Store',
      isBusiness: false,
      adopt: (trx) => this.link.adopt(trx, this.instanceId, deviceId),
    };
    this.#watcher.paired(paired);
    void this.link.pass('restart').then(() => this.end(closed('stream', 515)));
  }

  protected async finish(): Promise<void> {}

  async logout(): Promise<void> {
    throw new Error('a device that is being paired cannot be unlinked');
  }
}

/** The connection of a saved device, or of a new one. */
export const isSession = (connection: ScriptedConnection): connection is SessionConnection =>
  connection instanceof SessionConnection;
export const isPairing = (connection: ScriptedConnection): connection is PairingConnection =>
  connection instanceof PairingConnection;
