import { randomInt } from 'node:crypto';
import type { ServerContext } from '../server/context.ts';
import type { Device } from '../server/model/account.ts';
import type { AppStateKey } from './app-state/keys.ts';
import { sendFirstSync } from './companions/first-sync.ts';
import { Phone } from './phone.ts';
import type { PhoneSecrets } from './signal/store.ts';

/** Every phone of the sandbox by number; makes them when they are first needed. */
export class Phones {
  readonly #ctx: ServerContext;
  readonly #byNumber = new Map<string, Phone>();
  readonly #greeted = new WeakSet<Device>();

  constructor(ctx: ServerContext) {
    this.#ctx = ctx;
    ctx.events.on('companion-ready', (device) => this.#greet(device));
  }

  all(): Iterable<Phone> {
    return this.#byNumber.values();
  }

  get(number: string): Phone | undefined {
    return this.#byNumber.get(number);
  }

  /** Returns the phone with this number; a new one is registered first. */
  obtain(profile: {
    number?: string | undefined;
    name?: string | undefined;
    business?: boolean | undefined;
  }): Phone {
    const number = profile.number ?? this.#freeNumber();
    return (
      this.#byNumber.get(number) ??
      this.create(number, profile.name ?? `Phone ${number}`, profile.business ?? false)
    );
  }

  create(number: string, name: string, business: boolean, secrets?: PhoneSecrets): Phone {
    const account = this.#ctx.directory.create({ number, name, business, now: this.#ctx.clock() });
    const phone = new Phone(this.#ctx, account, secrets);
    this.#byNumber.set(number, phone);
    return phone;
  }

  /** Restores what `--state` kept. */
  restore(phone: Phone, keys: AppStateKey[], greeted: Device[]): void {
    phone.appState.restore(keys);
    for (const device of greeted) this.#greeted.add(device);
  }

  wasGreeted(device: Device): boolean {
    return this.#greeted.has(device);
  }

  #greet(device: Device): void {
    const phone = this.#byNumber.get(device.account.number);
    if (!phone || this.#greeted.has(device)) return;
    this.#greeted.add(device);
    sendFirstSync(phone, device).catch((error) => {
      this.#ctx.log.warn({ err: error }, 'first sync failed');
    });
  }

  #freeNumber(): string {
    let number: string;
    do number = `4915${String(randomInt(10 ** 9)).padStart(9, '0')}`;
    while (this.#byNumber.has(number));
    return number;
  }
}
