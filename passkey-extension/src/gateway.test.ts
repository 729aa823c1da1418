import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { callGateway, readResult } from './gateway.ts';
import { progressOf } from './progress.ts';

const token = 'pk_0123456789abcdefghijklmnopqrstuv';
const running = { status: 'verifying', id: 'a', publicKey: null, code: null, outcome: null };

let close: (() => void) | undefined;
afterEach(() => close?.());

/** A gateway that answers everything in one way. */
async function gatewayThat(answer: RequestListener): Promise<{ token: string; base: string }> {
  const server = createServer(answer);
  close = () => {
    server.closeAllConnections();
    server.close();
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { token, base: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe('a request to a gateway', () => {
  it('follows no redirect, so that the answer goes to no host that the user did not allow', async () => {
    const asked: (string | undefined)[] = [];
    const handover = await gatewayThat((request, response) => {
      asked.push(request.url);
      response.writeHead(307, { Location: '/elsewhere' }).end();
    });
    const result = await callGateway(handover, { name: 'response', id: 'a', credential: {} });
    expect(result).toMatchObject({ ok: false, status: 0 });
    expect(asked).toEqual([`/passkey/${token}/response`]);
  });

  it.each<[string, RequestListener]>([
    ['no JSON', (_, response) => response.end('<html>')],
    ['nothing', (request) => request.socket.destroy()],
  ])('that gets %s is a failure and does not throw', async (_, answer) => {
    const handover = await gatewayThat(answer);
    expect(await callGateway(handover, { name: 'options' })).toMatchObject({ ok: false, status: 0 });
  });
});

describe("a gateway's answer", () => {
  it.each([
    ['a text', 'text'],
    ['nothing', null],
    ['no ceremony', { success: true }],
    ['an unknown status', { passkey: { ...running, status: 'dancing' } }],
    ['something to sign without options', { passkey: { ...running, status: 'required' } }],
    ['something to sign without an id', { passkey: { status: 'required', publicKey: {} } }],
  ])('that is %s is no ceremony', (_, body) => {
    expect(readResult(200, body, true)).toMatchObject({ ok: false, status: 200 });
  });

  it('of a refusal carries its text, cut to a length that fits the page', () => {
    const message = 'Invalid credential: origin is not https://web.whatsapp.com';
    expect(readResult(400, { success: false, message }, false)).toEqual({ ok: false, status: 400, message });
    expect(readResult(500, { message: 'x'.repeat(10_000) }, false)).toMatchObject({
      message: 'x'.repeat(300),
    });
  });
});

describe('what is shown of a ceremony', () => {
  it.each([
    [{ status: 'verifying' }, 'status_verifying', false],
    [{ status: 'required', publicKey: {} }, 'status_verifying', false],
    [{ status: 'confirmation', code: 'YD9J-DN9Q' }, 'status_confirmation', false],
    [{ status: 'confirmation' }, 'status_verifying', false],
    [{ status: 'finishing' }, 'status_finishing', false],
    [{ status: 'none' }, 'error_over', true],
    [{ status: 'none', outcome: 'linked' }, 'status_linked', true],
    [{ status: 'none', outcome: 'passkey_no_answer' }, 'failed_passkey_no_answer', true],
    [{ status: 'none', outcome: 'of another version' }, 'failed_other', true],
  ])('%j is %s', (changes, name, over) => {
    expect(progressOf(readResult(200, { passkey: { ...running, ...changes } }, true))).toMatchObject({
      name,
      over,
    });
  });

  it.each([
    [0, 'error_unreachable', false],
    [404, 'error_over', true],
    [410, 'error_over', true],
    [409, 'error_not_waiting', true],
    [500, 'error_gateway', true],
  ])('an answer with status %i is %s', (status, name, over) => {
    expect(progressOf({ ok: false, status, message: '' })).toMatchObject({ name, over });
  });
});
