import { Group, Phone } from '@ryze/whatsapp-sandbox/client';
import type { TestStorage } from '../../../../storage/testing/databases.ts';
import type { ReportedEvent } from '../../../../testing/event-list.ts';
import {
  type LinkedGateway,
  type LinkedInstance,
  linkedGateway,
} from '../../../../testing/linked-gateway.ts';
import { newNumber, type startWhatsApp } from '../../../../testing/whatsapp.ts';

export const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';

export type Outcome = { status: number; body: Record<string, unknown>; retryAfter: string | null };

export interface Member {
  phone: Phone;
  number: string;
  jid: string;
  lid: string;
}

/** A gateway with one linked instance and another one that is not connected. */
export async function groupWorld(whatsApp: Awaited<ReturnType<typeof startWhatsApp>>, storage: TestStorage) {
  const gateway = await linkedGateway(storage, whatsApp);
  const person = async (name: string, number = newNumber()): Promise<Member> => {
    const phone = await Phone.make(whatsApp.control, number, name);
    const response = await fetch(`${whatsApp.control}/phones`, {
      method: 'POST',
      body: JSON.stringify({ number: phone.number }),
    });
    const { jid, lid } = (await response.json()) as { jid: string; lid: string };
    return { phone, number: phone.number, jid, lid };
  };
  const own = await person('Blue Store');
  const sales = await gateway.link(own.phone);
  const token = await gateway.account();
  await gateway.call('POST', '/api/instance/new', token, { name: 'unlinked' });

  const ask = async (method: string, path: string, wanted?: object): Promise<Outcome> =>
    asked(gateway, sales, method, path, wanted);
  return {
    whatsApp,
    gateway,
    own,
    sales,
    person,
    ask,
    askUnlinked: async (method: string, path: string, wanted?: object): Promise<Outcome> =>
      asked(gateway, { name: 'unlinked', token }, method, path, wanted),
    /** A group that `owner` makes of these people. */
    group: (owner: Member, others: Member[], options: object = {}, subject = 'Dev Team') =>
      Group.make(
        whatsApp.control,
        owner.number,
        subject,
        others.map(({ number }) => number),
        options,
      ),
    named: (jid: string) => Group.named(whatsApp.control, jid),
    clearFaults: () => fetch(`${whatsApp.control}/faults`, { method: 'DELETE' }),
    /** Waits for the instance's `group.flow` of this type about a group. */
    flow: (jid: string, type: string, nth = 1): Promise<ReportedEvent> => flowOf(sales, jid, type, nth),
  };
}

export type GroupWorld = Awaited<ReturnType<typeof groupWorld>>;

export function flowOf(instance: LinkedInstance, jid: string, type: string, nth = 1): Promise<ReportedEvent> {
  return instance.events.expect(
    `${type} of ${jid}`,
    ({ event, data }) => event === 'group.flow' && data.groupJid === jid && data.type === type,
    nth,
  );
}

/** GET and DELETE take what they want in the query. */
async function asked(
  { call }: LinkedGateway,
  { name, token }: { name: string; token: string },
  method: string,
  path: string,
  wanted?: object,
): Promise<Outcome> {
  const inQuery = wanted && (method === 'GET' || method === 'DELETE');
  const query = inQuery ? `?${new URLSearchParams(wanted as Record<string, string>)}` : '';
  const url = path.replace(':instance', name) + query;
  const { status, body, headers } = await call(method, url, token, inQuery ? undefined : wanted);
  return { status, body, retryAfter: headers.get('retry-after') };
}

/** The answer of a refusal. */
export const refused = (status: number, message: string) => ({
  status,
  body: { success: false, error: { message } },
});

/** The world with three people: João, Ana, and Shy, whom no one may add to a group. */
export async function groupPeople(...of: Parameters<typeof groupWorld>) {
  const world = await groupWorld(...of);
  const [joao, ana, shy] = [
    await world.person('João Silva'),
    await world.person('Ana', '5521988887777'),
    await world.person('Shy'),
  ];
  await shy.phone.act('privacy', { setting: 'groupadd', value: 'none' });
  return { world, joao, ana, shy };
}

/** A participant as answers show it. */
export const member = ({ jid, lid }: Member, role: 'member' | 'admin' | 'superadmin' = 'member') => ({
  jid,
  lid,
  isAdmin: role !== 'member',
  isSuperAdmin: role === 'superadmin',
});

/** `groupSettings` of a group that nothing was changed of. */
export const OPEN = {
  membersCanEditInfo: true,
  membersCanSendMessages: true,
  membersCanAddOthers: false,
  requireAdminApproval: false,
};

export const inviteLink = (code: string) => `https://chat.whatsapp.com/${code}`;

export const NO_GROUP = 'Group not found or you are not a member of this group';

/** Of people in a group: by LID or by phone number. */
export const ADDRESSINGS = ['lid', 'pn'] as const;

export const PATHS = {
  CREATE: '/api/group/create/:instance',
  LIST: '/api/group/list/:instance',
  INFO: '/api/group/info/:instance',
  UPDATE: '/api/group/update/:instance',
  PARTICIPANTS: '/api/group/participants/:instance',
  JOIN: '/api/group/join/:instance',
  RESET: '/api/group/resetLink/:instance',
  REQUESTS: '/api/group/requests/:instance',
  LEAVE: '/api/group/leave/:instance',
};
