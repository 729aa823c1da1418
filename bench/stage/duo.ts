import { Phone } from '@ryze/whatsapp-sandbox/client';
import { settled } from '../usage.ts';
import type { Worker } from '../workers/worker.ts';
import type { Instance } from './api.ts';
import type { GatewayProcess, Ground } from './ground.ts';
import { SandboxControl } from './sandbox-control.ts';
import type { Stage } from './stages.ts';
import { StockClients } from './stock-clients.ts';

export const OUR_NUMBER = '491510000001';
const SILENT_NUMBER = '491510000002';
export const STOCK_NUMBER = '491520000001';
const FRIENDS = 50;

/** One linked instance with a webhook and one linked stock client, on the same sandbox, with the same 50 friends. */
export interface Duo extends Stage {
  sandboxPid: number;
  control: SandboxControl;
  gateway: GatewayProcess;
  instance: Instance;
  /** Another one, without a webhook. */
  silent: Instance;
  receiver: Worker;
  stock: StockClients;
  friends: Phone[];
  /** A word that no text held before. */
  marker(): string;
}

export async function startDuo(ground: Ground): Promise<Duo> {
  const sandbox = await ground.sandbox();
  const { control } = sandbox.info;
  const gateway = await ground.gateway(sandbox);
  const receiver = ground.worker('workers/receiver.ts');
  const port: number = await receiver.ask('listen');
  const stock = await StockClients.start(ground, sandbox.info);

  const account = await gateway.api.account();
  const instance = await gateway.api.instance(account, 'bench', {
    webhookEnabled: true,
    webhookURL: `http://127.0.0.1:${port}/webhook`,
    webhookEvents: ['message.exchange'],
  });
  const silent = await gateway.api.instance(account, 'silent');
  const link = async (number: string, to: Instance) => {
    const phone = await Phone.make(control, number, to.name);
    await phone.scan(await gateway.api.qr(to));
  };
  await link(OUR_NUMBER, instance);
  await link(SILENT_NUMBER, silent);
  await stock.link(STOCK_NUMBER);
  const friends = await Promise.all(
    Array.from({ length: FRIENDS }, (_, n) =>
      Phone.make(control, `4916${String(n).padStart(8, '0')}`, `Friend ${n}`),
    ),
  );
  await settled(gateway.process.pid);
  await settled(stock.pid);

  let markers = 0;
  return {
    sandboxPid: sandbox.pid,
    control: new SandboxControl(control),
    gateway,
    instance,
    silent,
    receiver,
    stock,
    friends,
    marker: () => `m${++markers}`,
    close: () => ground.close(),
  };
}
