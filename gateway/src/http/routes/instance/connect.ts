import { z } from 'zod';
import type { ConnectAnswer, Supervisor } from '../../../instances/supervisor.ts';
import { qrImage } from '../../qr-image.ts';
import { type Route, type RouteAnswer, route } from '../../route.ts';
import { connected } from './examples.ts';
import { helperUrl, type PasskeyDeps, passkeyBody } from './passkey/body.ts';

const LONGEST_HISTORY_DAYS = 365;

const number = z
  .string()
  .transform((text) => text.replace(/[+\-() ]/g, ''))
  .refine((digits) => digits === '' || /^\d{8,15}$/.test(digits), 'Number must have 8 to 15 digits');

const historyText = 'History must be a whole number of days between 1 and 365';
/** Present but empty asks for history without a limit of ours: `null`. */
const history = z.string().transform((text, context) => {
  if (text === '') return null;
  const days = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (days >= 1 && days <= LONGEST_HISTORY_DAYS) return days;
  context.addIssue({ code: 'custom', message: historyText });
  return z.NEVER;
});

/** Starts linking and answers with a QR, a pairing code, or the passkey ceremony that runs. */
export function connectInstance(deps: PasskeyDeps & { supervisor: Supervisor }): Route {
  return route({
    method: 'GET',
    path: '/api/instance/connect/:instance',
    summary: 'Link a WhatsApp number by QR or pairing code',
    examples: connected,
    access: { to: 'instance' },
    rate: 'global',
    query: z.object({ number: number.optional(), history: history.optional() }),
    async handle({ instance, query }) {
      const answer = await deps.supervisor.connect(instance, {
        ...(query.number ? { number: query.number } : {}),
        ...(query.history === undefined ? {} : { historyDays: query.history }),
      });
      if (answer.status !== 'passkey') return answerOf(answer);
      const { id } = answer.passkey;
      const passkey = passkeyBody(answer.passkey, helperUrl(deps, { instanceId: instance.id, id }));
      return { body: { success: true, message: 'Passkey required', status: 'passkey', passkey } };
    },
  });
}

function answerOf(answer: Exclude<ConnectAnswer, { status: 'passkey' }>): RouteAnswer {
  if (answer.status === 'connected') {
    return { body: { success: true, message: 'Instance already connected', status: 'connected' } };
  }
  if (answer.status === 'pairing') {
    const { pairingCode } = answer;
    return { body: { success: true, message: 'Pairing code generated', pairingCode, status: 'pairing' } };
  }
  const { qrCode } = answer;
  const qrCodeBase64 = qrImage(qrCode);
  return { body: { success: true, message: 'QR code generated', qrCode, qrCodeBase64, status: 'qr' } };
}
