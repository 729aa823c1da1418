import type { Phones } from '../phones/directory.ts';
import type { ServerContext } from '../server/context.ts';
import type { Device } from '../server/model/account.ts';
import type { Stanza } from '../wire/stanza.ts';
import { optionalFlag, optionalInteger } from './fields.ts';
import { ControlError, type Route } from './http.ts';
import { companionOf, phoneOf } from './phones.ts';
import { readStanza, writeStanza } from './stanza-json.ts';

const MAX_WAIT_MS = 60_000;
const MAX_ANSWERS = 100;

/** Stanzas that the server would never make by itself, and what a companion answers. */
export function stanzaRoutes(ctx: ServerContext, phones: Phones): Route[] {
  return [
    {
      method: 'POST',
      path: '/control/phones/:number/stanza',
      handle: async ({ params, body, signal }) => {
        const device = companionOf(phoneOf(phones, params.number), optionalInteger(body, 'device', 1, 255));
        const node = readStanza(body.stanza);
        const wait = optionalInteger(body, 'wait', 0, MAX_WAIT_MS) ?? 0;
        const wanted = optionalInteger(body, 'answers', 1, MAX_ANSWERS) ?? 1;
        const queued = optionalFlag(body, 'queue') ?? false;
        if (!queued && !device.endpoint) throw new ControlError(409, 'the device is not connected');
        const answers = listen(ctx, device, node.attrs.id, { wanted, wait, signal });
        if (queued) ctx.delivery.durable(device, node);
        else device.endpoint?.deliver(node);
        return { device: device.id, answers: (await answers).map(writeStanza) };
      },
    },
  ];
}

/** What the device answers to a stanza with this id, until there is enough of it or the time is over. */
function listen(
  ctx: ServerContext,
  device: Device,
  id: string | undefined,
  { wanted, wait, signal }: { wanted: number; wait: number; signal: AbortSignal },
): Promise<Stanza[]> {
  const answers: Stanza[] = [];
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      ctx.events.off('answered', take);
      signal.removeEventListener('abort', end);
      resolve(answers);
    };
    const take = (from: Device, node: Stanza) => {
      if (from !== device || node.attrs.id !== id) return;
      answers.push(node);
      if (answers.length >= wanted) end();
    };
    const timer = setTimeout(end, wait);
    ctx.events.on('answered', take);
    signal.addEventListener('abort', end);
  });
}
