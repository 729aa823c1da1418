import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { failure } from '../failure.ts';
import { databases } from '../storage/testing/databases.ts';
import { createLog } from '../telemetry/log.ts';
import { type Route, route } from './route.ts';
import { testGateway } from './testing/gateway.ts';

const LIMIT = 200;

/** One route of each kind that an error can come from. */
const routes = (): Route[] => [
  route({
    method: 'POST',
    path: '/api/echo',
    summary: 'echo',
    access: { to: 'either' },
    body: z.object({ text: z.string() }),
    bodyErrors: 'detailed',
    bodyLimit: LIMIT,
    handle: async ({ body }) => ({ body: { success: true, text: body.text } }),
  }),
  route({
    method: 'POST',
    path: '/api/optional',
    summary: 'optional body',
    access: { to: 'either' },
    body: z.object({ n: z.number().optional() }),
    bodyOptional: true,
    handle: async ({ body }) => ({ body: { success: true, n: body.n ?? null } }),
  }),
  route({
    method: 'GET',
    path: '/api/broken',
    summary: 'a defect',
    access: { to: 'either' },
    handle: async () => {
      throw new TypeError('internals: /srv/app/secret');
    },
  }),
  route({
    method: 'GET',
    path: '/api/named',
    summary: 'a defect with a text',
    access: { to: 'either' },
    failed: 'Failed to name',
    handle: async ({ header }) => {
      header('X-Message-Id', 'ABC');
      throw new Error('the cause');
    },
  }),
  route({
    method: 'DELETE',
    path: '/api/bodiless/:instance',
    summary: 'ignores bodies',
    access: { to: 'instance' },
    handle: async () => ({ body: { success: true } }),
  }),
  route({
    method: 'GET',
    path: '/api/lost',
    summary: 'a lost database',
    access: { to: 'either' },
    handle: async () => {
      throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    },
  }),
  route({
    method: 'GET',
    path: '/api/limited',
    summary: 'throttled by WhatsApp',
    access: { to: 'either' },
    handle: async () => {
      throw failure('message_throttled');
    },
  }),
];

async function setup(open: (typeof databases)[number]['open']) {
  const lines: string[] = [];
  const log = createLog('trace', { write: (line) => lines.push(line) });
  const gateway = await testGateway({ storage: await open(), routes, log });
  const account = await gateway.account();
  const { token } = account;
  await gateway.instance(account, 'mine');
  const ask = async (method: string, url: string, body?: unknown, headers = {}) => {
    const answer = await gateway.call(method, url, { token, body, headers });
    return [answer.status, answer.body?.error?.message ?? answer.body];
  };
  return { ...gateway, token, ask, logged: () => lines.join('') };
}

/** Sends bytes as they are and returns the whole answer of the server. */
async function raw(app: Awaited<ReturnType<typeof setup>>['app'], bytes: string): Promise<string> {
  const url = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
  const socket = connect(Number(url.port), url.hostname);
  socket.end(bytes);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe.each(databases)('errors on $name', ({ open }) => {
  it('have the shape and the text of the contract', async () => {
    const { ask } = await setup(open);
    const text = { 'content-type': 'text/plain' };
    const malformed = [400, 'Invalid request body: malformed JSON'];
    const unsupported = [415, 'Content-Type must be application/json'];
    expect(await ask('GET', '/nowhere')).toEqual([404, 'Route not found']);
    expect(await ask('GET', '/api/instance/nowhere')).toEqual([404, 'Route not found']);
    expect(await ask('POST', '/api/echo', '{"text":')).toEqual(malformed);
    expect(await ask('POST', '/api/echo', '')).toEqual(malformed);
    expect(await ask('POST', '/api/echo')).toEqual(malformed);
    expect(await ask('POST', '/api/echo', '[1]')).toEqual([
      400,
      'Invalid request body: expected a JSON object',
    ]);
    expect(await ask('POST', '/api/echo', '{"text":1}')).toEqual([
      400,
      'Invalid request body: text must be a string',
    ]);
    expect(await ask('POST', '/api/echo', '{}')).toEqual([400, 'Text is required']);
    expect(await ask('POST', '/api/echo', '{"text":"a"}', text)).toEqual(unsupported);
    expect(await ask('POST', '/api/echo', '{"text":"a"}', { 'content-type': 'application/jsonp' })).toEqual(
      unsupported,
    );
    expect(await ask('POST', '/api/echo', `{"text":"${'x'.repeat(LIMIT)}"}`)).toEqual([
      413,
      'Request body too large',
    ]);
    const charset = { 'content-type': 'Application/JSON; charset=utf-8' };
    expect(await ask('POST', '/api/echo', '{"text":"a"}', charset)).toEqual([
      200,
      { success: true, text: 'a' },
    ]);
    expect(await ask('GET', '/api/broken')).toEqual([500, 'Internal server error']);
    expect(await ask('GET', '/api/named')).toEqual([500, 'Failed to name']);
    expect(await ask('GET', '/api/lost')).toEqual([503, 'Service temporarily unavailable']);
  });

  it('take an optional body of any media type while it is empty, and ignore bodies that the route does not take', async () => {
    const { ask } = await setup(open);
    const xml = { 'content-type': 'text/xml' };
    expect(await ask('POST', '/api/optional')).toEqual([200, { success: true, n: null }]);
    expect(await ask('POST', '/api/optional', undefined, xml)).toEqual([200, { success: true, n: null }]);
    expect(await ask('POST', '/api/optional', '{"n":2}')).toEqual([200, { success: true, n: 2 }]);
    expect(await ask('POST', '/api/optional', '{"n":"2"}')).toEqual([400, 'Invalid request body']);
    const big = 'x'.repeat(2 * 1024 * 1024);
    expect(await ask('DELETE', '/api/bodiless/mine', big, xml)).toEqual([200, { success: true }]);
  });

  it('name the allowed methods; HEAD and unknown methods are none of them', async () => {
    const { call, token } = await setup(open);
    const put = await call('PUT', '/api/echo', { token });
    expect([put.status, put.headers.allow, put.body.error.message]).toEqual([
      405,
      'POST',
      'Method not allowed',
    ]);
    const head = await call('HEAD', '/api/broken', { token });
    expect([head.status, head.headers.allow, head.body]).toEqual([405, 'GET', null]);
    expect((await call('GET', '/api/bodiless/mine', { token })).headers.allow).toBe('DELETE');
  });

  it('come after authentication: a bad body of a stranger is a stranger', async () => {
    const { call } = await setup(open);
    expect(
      (await call('POST', '/api/echo', { body: '{', headers: { 'content-type': 'text/plain' } })).status,
    ).toBe(401);
  });

  it('carry a request id, the headers that were set before, and no-store', async () => {
    const { call, token } = await setup(open);
    const named = await call('GET', '/api/named', { token, headers: { 'x-request-id': 'my.Id_1-2' } });
    expect(named.headers).toMatchObject({
      'x-request-id': 'my.Id_1-2',
      'x-message-id': 'ABC',
      'cache-control': 'no-store',
    });
    for (const id of ['', 'with blank', 'x'.repeat(65), 'ü']) {
      const { headers } = await call('GET', '/nowhere', { headers: { 'x-request-id': id } });
      expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    }
    expect((await call('GET', '/api/limited', { token })).headers['retry-after']).toBe('60');
  });

  it('keep the cause in the log, under the request id', async () => {
    const { call, token, logged } = await setup(open);
    for (const path of ['/api/broken', '/api/named']) {
      const { body } = await call('GET', path, { token, headers: { 'x-request-id': 'find-me' } });
      expect(JSON.stringify(body)).not.toMatch(/internals|cause/);
    }
    expect(logged()).toMatch(/internals/);
    expect(logged()).toMatch(/the cause/);
    expect(logged()).toContain('find-me');
    expect(logged()).not.toContain(token);
  });
});

describe.each(databases.slice(0, 1))('over a raw socket', ({ open }) => {
  const shape = (text: string) => `{"success":false,"error":{"message":"${text}"}}`;

  it('a path that cannot be decoded is 400', async () => {
    const { app, token } = await setup(open);
    const request = `GET /api/bodiless/%zz HTTP/1.1\r\nHost: x\r\ntoken: ${token}\r\nConnection: close\r\n\r\n`;
    const answer = await raw(app, request);
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(answer).toContain(shape('Invalid request path'));
    expect(answer.toLowerCase()).toContain('x-request-id: ');
    expect(answer.toLowerCase()).toContain('cache-control: no-store');
    expect(answer.toLowerCase()).toContain('x-ratelimit-limit: ');
  });

  it('what is no HTTP is 400 in the same shape, headers that are too large 431', async () => {
    const { app } = await setup(open);
    expect(await raw(app, 'NONSENSE\r\n\r\n')).toContain(shape('Malformed HTTP request'));
    const { app: other } = await setup(open);
    const large = await raw(other, `GET / HTTP/1.1\r\nHost: x\r\na: ${'x'.repeat(20_000)}\r\n\r\n`);
    expect(large).toMatch(/^HTTP\/1.1 431 /);
    expect(large).toContain(shape('Request header fields too large'));
  });

  it('a body that is announced too large is refused before it is sent', async () => {
    const { app, token } = await setup(open);
    const head = `POST /api/echo HTTP/1.1\r\nHost: x\r\ntoken: ${token}\r\nContent-Type: application/json\r\n`;
    expect(await raw(app, `${head}Content-Length: 99999999\r\n\r\n{`)).toContain(
      shape('Request body too large'),
    );
  });

  it('a chunked body is cut off at the limit', async () => {
    const { app, token } = await setup(open);
    const head = `POST /api/echo HTTP/1.1\r\nHost: x\r\ntoken: ${token}\r\nContent-Type: application/json\r\n`;
    const chunk = `c8\r\n${'x'.repeat(200)}\r\n`;
    const request = `${head}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.repeat(3)}0\r\n\r\n`;
    expect(await raw(app, request)).toContain(shape('Request body too large'));
  });
});
