import type { Phones } from '../phones/directory.ts';
import type { Phone } from '../phones/phone.ts';
import { sendMessage } from '../phones/sending/sending.ts';
import { type Account, type Device, deviceJid } from '../server/model/account.ts';
import { devicesOf, type Group } from '../server/model/groups.ts';
import { ControlError } from './http.ts';

/** The senders and readers of a load run. */
export interface Load {
  senders: Phone[];
  /** How many devices are to confirm a message. */
  readers(): number;
  send(phone: Phone, id: string, text: string): Promise<unknown>;
  /** The run is over. */
  end(): void;
}

/** Strangers write to one number. They are made when they are first needed and stay for later runs. */
export function directLoad(phones: Phones, to: Account, senders: number): Load {
  return {
    senders: Array.from({ length: senders }, (_, index) =>
      phones.obtain({ number: `888${String(index).padStart(9, '0')}`, name: `Sender ${index}` }),
    ),
    readers: () => to.devices.size,
    send: (phone, id, conversation) => sendMessage(phone, to, { conversation }, { id }),
    end: () => undefined,
  };
}

/**
 * Members write into their group, and its companions read it. The members' phones put the senders' messages
 * away unread while the run lasts, and are not given the senders' keys: this process would do nothing but
 * decrypt on behalf of fifty phones, where the clients under test are to be measured.
 */
export function groupLoad(phones: Phones, group: Group, senders: number): Load {
  const members = [...group.participants.keys()].flatMap(({ number }) => phones.get(number) ?? []);
  // A companion does not confirm what its own phone sends.
  const free = members.filter(({ account }) => account.devices.size === 1);
  if (free.length < senders) {
    throw new ControlError(409, `only ${free.length} members of the group have no companion and can send`);
  }
  if (members.some((phone) => phone.ignoredSenders.has(group.jid))) {
    throw new ControlError(409, 'another run is writing into this group');
  }
  const chosen = free.slice(0, senders);
  const ignoredSenders = new Set(chosen.map(({ device }) => deviceJid(device, 'lid')));
  for (const phone of members) phone.ignoredSenders.set(group.jid, ignoredSenders);
  const audience = (): Device[] => devicesOf(group).filter((device) => device.id !== 0);
  return {
    senders: chosen,
    readers: () => audience().length,
    send: (phone, id, conversation) =>
      sendMessage(phone, group, { conversation }, { id, audience: audience() }),
    end: () => {
      for (const phone of members) phone.ignoredSenders.delete(group.jid);
    },
  };
}
