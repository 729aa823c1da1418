import type { Case } from '../case.ts';
import { requestsPerSecond } from '../http-load.ts';
import { byTurns } from '../rounds.ts';
import { INSTANCES_PER_ACCOUNT, type Instance } from '../stage/api.ts';
import type { GatewayProcess, Ground } from '../stage/ground.ts';
import type { Stage } from '../stage/stages.ts';
import { significant } from '../statistics.ts';
import { cpuMs } from '../usage.ts';
import type { Worker } from '../workers/worker.ts';

const REACH = 0.6;
const PATH = '/api/instance/list';

interface Doors extends Stage {
  gateway: GatewayProcess;
  bare: Worker;
  tokens: string[];
}

async function startDoors(ground: Ground): Promise<Doors> {
  const gateway = await ground.gateway(await ground.sandbox());
  const account = await gateway.api.account();
  const instances: Instance[] = [];
  while (instances.length < INSTANCES_PER_ACCOUNT) {
    instances.push(await gateway.api.instance(account, `i${instances.length}`));
  }
  const tokens = instances.map(({ token }) => token);
  return { gateway, tokens, bare: ground.worker('workers/bare-fastify.ts'), close: () => ground.close() };
}

/** Token, rate limit and access rule on the way to a list of one instance, against a route without any of it. */
export const auth: Case = {
  name: 'auth',
  async run({ stages, size }) {
    const { gateway, bare, tokens } = await stages.get(startDoors);
    const { api } = gateway;
    const answer = await api.call('GET', PATH, tokens[0] ?? '');
    const barePort = await bare.ask('serve', { path: PATH, answer });
    const gatewayPort = Number(new URL(api.baseUrl).port);
    const seconds = size(4, 1);

    const used = { ours: 0, stock: 0 };
    const measure = (side: 'ours' | 'stock', port: number, pid: () => number) => async () => {
      const before = cpuMs(pid());
      const rate = await requestsPerSecond({ port, path: PATH, tokens, seconds });
      used[side] += (cpuMs(pid()) - before) / rate;
      return rate;
    };
    const ours = measure('ours', gatewayPort, () => gateway.process.pid);
    const stock = measure('stock', barePort, () => bare.pid);
    for (const warmUp of [ours, stock]) await warmUp();
    used.ours = used.stock = 0;
    const compared = await byTurns(size(7, 5), { ours, stock });
    const ratio = compared.ours / compared.stock;
    return [
      {
        case: 'auth',
        unit: 'requests/s',
        ours: significant(compared.ours),
        stock: significant(compared.stock),
        ratio: significant(ratio),
        reach: `≥ ${REACH} × a bare Fastify route`,
        met: ratio >= REACH,
        detail: {
          connections: tokens.length,
          secondsPerRound: seconds,
          rounds: compared.rounds,
          ratioOfCpuPerRequest: significant(used.stock / used.ours),
        },
      },
    ];
  },
};
