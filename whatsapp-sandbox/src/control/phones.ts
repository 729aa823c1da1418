import { LinkError, type Linked, scanQr, typeCode } from '../phones/companions/linking.ts';
import { PasskeyCeremony } from '../phones/companions/passkey.ts';
import type { Phones } from '../phones/directory.ts';
import type { Phone } from '../phones/phone.ts';
import { propsOf } from '../server/accounts/props.ts';
import type { ServerContext } from '../server/context.ts';
import { accountJid, type Device, deviceJid } from '../server/model/account.ts';
import { removeCompanion } from '../server/pairing/companions.ts';
import { describeCeremony, setPasskey } from './ceremonies.ts';
import { optionalChoice, optionalFlag, optionalInteger, optionalText, phoneNumber, text } from './fields.ts';
import { ControlError, type Route } from './http.ts';

/** Finds the phone that a path names. */
export function phoneOf(phones: Phones, number: string | undefined): Phone {
  const phone = phones.get(phoneNumber(number ?? ''));
  if (!phone) throw new ControlError(404, `there is no phone ${number}`);
  return phone;
}

/** Phones, and linking companions to them. */
export function phoneRoutes(ctx: ServerContext, phones: Phones): Route[] {
  return [
    {
      method: 'POST',
      path: '/control/phones',
      handle: ({ body }) => {
        const number = optionalText(body, 'number', 40);
        const name = optionalText(body, 'name', 100);
        const business = optionalFlag(body, 'business');
        const passkey = optionalChoice(body, 'passkey', ['required', 'none']);
        const phone = phones.obtain({ number: number && phoneNumber(number), name, business });
        if (passkey) setPasskey(phone, passkey);
        return profile(phone);
      },
    },
    {
      method: 'GET',
      path: '/control/phones',
      handle: () => ({ phones: [...phones.all()].map((phone) => describe(phone)) }),
    },
    {
      method: 'POST',
      path: '/control/phones/:number/scan',
      handle: ({ params, body }) => {
        const phone = phoneOf(phones, params.number);
        return linked(scanQr(phone, text(body, 'qr', 2000)));
      },
    },
    {
      method: 'POST',
      path: '/control/phones/:number/link-code',
      handle: ({ params, body }) => {
        const phone = phoneOf(phones, params.number);
        return linked(typeCode(phone, text(body, 'code', 20)));
      },
    },
    {
      method: 'POST',
      path: '/control/phones/:number/props',
      handle: ({ params, body }) => {
        const { account } = phoneOf(phones, params.number);
        account.lidMigrated = optionalFlag(body, 'lidMigrated') ?? account.lidMigrated;
        const props = Object.entries(body.props ?? {});
        if (
          props.length > 5_000 ||
          props.some(([code, value]) => !/^\d{1,9}$/.test(code) || !isShort(value))
        ) {
          throw new ControlError(400, 'props are strings by number');
        }
        for (const [code, value] of props) account.abProps.set(code, String(value));
        return { lidMigrated: account.lidMigrated, props: Object.fromEntries(propsOf(account)) };
      },
    },
    {
      method: 'POST',
      path: '/control/phones/:number/unlink',
      handle: ({ params, body }) => {
        const device = companionOf(phoneOf(phones, params.number), optionalInteger(body, 'device', 1, 255));
        removeCompanion(ctx, device);
        return { device: device.id };
      },
    },
  ];
}

function isShort(value: unknown): boolean {
  return typeof value === 'string' && value.length <= 1000;
}

async function linked(linking: Promise<Linked>): Promise<unknown> {
  try {
    const result = await linking;
    if (result instanceof PasskeyCeremony) return { passkey: describeCeremony(result) };
    return describeDevice(result);
  } catch (error) {
    // Everything that goes wrong while linking is the code's or the companion's doing.
    if (error instanceof LinkError) throw new ControlError(400, error.message);
    throw new ControlError(409, error instanceof Error ? error.message : 'linking failed');
  }
}

/** The companion with this id; the only one when the id is left out. */
export function companionOf({ account }: Phone, id: number | undefined): Device {
  if (id === undefined) return onlyCompanion([...account.devices.values()]);
  const device = account.devices.get(id);
  if (!device) throw new ControlError(404, `device ${id} is not linked`);
  return device;
}

function onlyCompanion(devices: Device[]): Device {
  const companions = devices.filter((device) => device.id !== 0);
  const [only] = companions;
  if (!only || companions.length > 1) {
    throw new ControlError(400, `say which device: ${companions.length} companions are linked`);
  }
  return only;
}

function profile(phone: Phone) {
  const { account } = phone;
  return {
    number: account.number,
    jid: accountJid(account, 'pn'),
    lid: accountJid(account, 'lid'),
    name: account.name,
  };
}

function describe(phone: Phone) {
  return {
    ...profile(phone),
    business: phone.account.business,
    devices: [...phone.account.devices.values()].filter((device) => device.id !== 0).map(describeDevice),
    blocked: [...phone.account.blocked].map(({ number }) => number),
    chatStates: Object.fromEntries(phone.chatStates),
  };
}

function describeDevice(device: Device) {
  return {
    device: device.id,
    jid: deviceJid(device, 'pn'),
    lid: deviceJid(device, 'lid'),
    platform: device.link?.platform,
    linkedAt: device.link?.linkedAt,
    connected: device.endpoint !== undefined,
    available: device.available,
    preKeys: device.shelf.count,
    waiting: device.queue.size,
  };
}
