import { readFileSync } from 'node:fs';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { timestamp } from '../../../clock.ts';
import { confirmPasskey, respondToPasskey } from '../../../instances/passkey/answering.ts';
import type { Ceremony } from '../../../instances/passkey/ceremonies.ts';
import { readBody } from '../../body/read-body.ts';
import { validate } from '../../body/validation.ts';
import { errorAnswer, isExpected } from '../../errors.ts';
import { confirmBody, RESPONSE_LIMIT, responseBody } from '../../routes/instance/passkey/fields.ts';
import { type AdmissionOptions, admit } from './admission.ts';
import { languageOf } from './language.ts';
import { ceremonyPage, stateOf, unknownPage } from './page.ts';

/** The address of the page is a secret: no page frames it, no cache keeps it, and no other site learns where a visitor comes from. */
const PAGE_HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Robots-Tag': 'noindex',
};

const ASSETS = { 'helper.js': 'text/javascript', 'helper.css': 'text/css' };

/** The page for the owner of the phone, and its JSON twins for the page's script and the extension. */
export function servePasskeyPages(app: FastifyInstance, options: AdmissionOptions): void {
  for (const [name, type] of Object.entries(ASSETS)) {
    const text = readFileSync(new URL(name, import.meta.url), 'utf8');
    app.get(`/passkey/${name}`, async (_request, reply) =>
      reply
        .headers({ 'Content-Type': `${type}; charset=utf-8`, 'X-Content-Type-Options': 'nosniff' })
        .send(text),
    );
  }
  app.get('/passkey/:token', (request, reply) => page(options, request, reply));
  app.get('/passkey/:token/options', (request, reply) =>
    twin(options, request, reply, async (ceremony) => {
      const passkey = passkeyOf(ceremony);
      return { status: 200, body: { success: true, message: 'Passkey state retrieved', passkey } };
    }),
  );
  app.post('/passkey/:token/response', (request, reply) =>
    twin(options, request, reply, async (ceremony) => {
      respondToPasskey(
        ceremony,
        (await bodyOf(request, responseBody)) as { id: string; credential: unknown },
      );
      return { status: 202, body: { success: true, message: 'Passkey response accepted' } };
    }),
  );
  app.post('/passkey/:token/confirm', (request, reply) =>
    twin(options, request, reply, async (ceremony) => {
      confirmPasskey(ceremony, (await bodyOf(request, confirmBody)).id);
      return { status: 202, body: { success: true, message: 'Passkey confirmation accepted' } };
    }),
  );
}

/** What the page and the extension read; `state` changes when the page is to be drawn anew. */
function passkeyOf({ view, outcome }: Ceremony) {
  if (outcome !== null) {
    const nothing = { id: null, publicKey: null, expiresAt: null, code: null, skipConfirmation: null };
    return { status: 'none', ...nothing, outcome, state: outcome };
  }
  return { ...view, expiresAt: timestamp(view.expiresAt), outcome, state: stateOf(view) };
}

async function bodyOf<S extends z.ZodType>(request: FastifyRequest, schema: S): Promise<z.output<S>> {
  const { value } = await readBody(request.raw, { limit: RESPONSE_LIMIT, optional: false, errors: 'short' });
  return validate(schema, value, 'short');
}

async function page(options: AdmissionOptions, request: FastifyRequest, reply: FastifyReply) {
  const language = languageOf(request.headers['accept-language']);
  reply.headers(PAGE_HEADERS);
  try {
    const ceremony = await admit(options, request, reply);
    const { token } = request.params as { token: string };
    const now = options.clock.now();
    return reply.send(ceremonyPage(ceremony, { language, token, base: options.baseUrl(), now }));
  } catch (error) {
    if (!isExpected(error)) throw error;
    const { status, headers } = errorAnswer(error);
    return reply.code(status).headers(headers).send(unknownPage(language));
  }
}

/** One exchange; errors have their text where the successes have theirs. */
async function twin(
  options: AdmissionOptions,
  request: FastifyRequest,
  reply: FastifyReply,
  answer: (ceremony: Ceremony) => Promise<{ status: number; body: object }>,
) {
  try {
    const { status, body } = await answer(await admit(options, request, reply));
    return reply.code(status).send(body);
  } catch (error) {
    if (!isExpected(error)) throw error;
    const { status, body, headers } = errorAnswer(error);
    return reply.code(status).headers(headers).send({ success: false, message: body.error.message });
  }
}
