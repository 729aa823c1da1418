import { EventEmitter } from 'node:events';
import { setImmediate as settled } from 'node:timers/promises';
import { type BinaryNode, initAuthCreds, type WASocket } from 'baileys';
import { describe, expect, it } from 'vitest';
import { createLog } from '../../../telemetry/log.ts';
import { TestClock } from '../../../testing/test-clock.ts';
import { closeReason } from '../close-reason.ts';
import { optionsNode } from '../passkey/testing/linking-device.ts';
import { Pairing } from './pairing.ts';

const SERVER = '@s.whatsapp.net';
const CODES = ['ABCDEFGH', 'JKLMNPQR'];

/** The linking of a device over the surface of Baileys' socket; the test is the server. */
function linking(number?: string) {
  const clock = new TestClock();
  const ws = new EventEmitter();
  const creds = initAuthCreds();
  const sent: BinaryNode[] = [];
  const reports: string[] = [];
  const qrs: string[] = [];
  const errors: Error[] = [];
  const codes = [...CODES];
  const socket = {
    ws,
    authState: { creds },
    sendNode: async (node: BinaryNode) => void sent.push(node),
    query: () => new Promise(() => {}),
    requestPairingCode: async () => {
      creds.me = { id: `${number}${SERVER}`, name: '~' };
      return codes.shift();
    },
  } as unknown as WASocket;
  const pairing = new Pairing({
    socket,
    number,
    clock,
    log: createLog('silent'),
    onOffered: () => {},
    qr: (qr) => {
      qrs.push(qr);
      reports.push('qr');
    },
    pairingCode: (code) => reports.push(code),
    passkey: (ceremony) => reports.push(ceremony.view()?.status ?? 'over'),
    abort: (error) => errors.push(error),
  });
  const receive = (events: string[], node: BinaryNode) => {
    for (const event of events) ws.emit(event, node);
  };
  return {
    clock,
    creds,
    sent,
    reports,
    qrs,
    errors,
    pairing,
    /** Reference and ADV secret of the QRs that were shown. */
    shown: () =>
      qrs.map((qr) => qr.slice(qr.indexOf('#') + 1).split(',')).map(([ref, , , adv]) => [ref, adv]),
    offer(...refs: string[]) {
      const content = refs.map((ref) => ({ tag: 'ref', attrs: {}, content: Buffer.from(ref) }));
      receive(['CB:iq,type:set,pair-device'], {
        tag: 'iq',
        attrs: { type: 'set' },
        content: [{ tag: 'pair-device', attrs: {}, content }],
      });
    },
    notify(type: string, content: BinaryNode[] = []) {
      const node = { tag: 'notification', attrs: { id: 'n1', from: SERVER, type }, content };
      receive([`CB:notification,type:${type}`, 'CB:notification'], node);
    },
    async answer(type: 'result' | 'error', child: BinaryNode) {
      await settled();
      const node = { tag: 'iq', attrs: { id: '1', type }, content: [child] };
      receive([`CB:iq,type:${type},${child.tag}`, `CB:iq,type:${type}`], node);
      await settled();
    },
  };
}

const taken = { tag: 'link_code_companion_reg', attrs: {} };

describe('linking by QR', () => {
  it.each(['companion_reg_refresh', 'pair-device-rotate-qr'])(
    'shows the current reference again with a new secret when WhatsApp wants it scanned once more (%s)',
    (form) => {
      const { offer, notify, shown, clock, creds, sent } = linking();
      const before = creds.advSecretKey;
      offer('a', 'b', 'c');
      clock.advance(60_000);
      notify('companion_reg_refresh', [{ tag: form, attrs: {} }]);
      expect(creds.advSecretKey).not.toBe(before);
      expect(shown()).toEqual([
        ['a', before],
        ['b', before],
        ['b', creds.advSecretKey],
      ]);
      clock.advance(60_000);
      expect(shown().at(-1)).toEqual(['c', creds.advSecretKey]);
      const ack = { id: 'n1', to: SERVER, class: 'notification', type: 'companion_reg_refresh' };
      expect(sent).toEqual([{ tag: 'ack', attrs: ack }]);
    },
  );

  it('ends with the reason of used up codes', () => {
    const { offer, clock, errors } = linking();
    offer('a');
    clock.advance(60_000);
    expect(errors.map(closeReason)).toEqual([
      { kind: 'codes', code: 408, text: 'QR refs attempts ended', banSeconds: null },
    ]);
  });

  it('goes on as long as WhatsApp sends references', () => {
    const { offer, clock, errors, shown } = linking();
    for (let minute = 0; minute < 30; minute++) {
      offer(`ref-${minute}`, 'next');
      clock.advance(60_000);
    }
    expect(errors).toEqual([]);
    expect(shown()).toHaveLength(60);
  });

  it('shows no other code while a passkey is asked for, and no timer of the codes ends it', () => {
    const { offer, notify, clock, shown, errors, reports, pairing } = linking();
    offer('a', 'b');
    notify('passkey_prologue_request', [optionsNode()]);
    clock.advance(599_000);
    offer('c');
    expect(shown()).toHaveLength(1);
    expect(errors).toEqual([]);
    expect(reports).toEqual(['qr', 'required']);
    clock.advance(1_000);
    expect(errors.map(({ message }) => message)).toEqual(['passkey_timeout']);
    expect(pairing.end()).toBe('passkey_timeout');
  });

  it('acknowledges a notification of the passkey itself, as long as Baileys cannot', () => {
    const { notify, sent, creds } = linking();
    notify('passkey_prologue_request', [optionsNode()]);
    expect(sent.map(({ attrs }) => attrs.type)).toEqual(['passkey_prologue_request']);
    creds.me = { id: `5511999999999${SERVER}` };
    notify('crsc_continuation');
    expect(sent).toHaveLength(1);
  });

  it('says that a ceremony does not survive its connection, and nothing else does', () => {
    const lost = linking();
    lost.notify('passkey_prologue_request', [optionsNode()]);
    expect(lost.pairing.end()).toBe('passkey_connection_lost');
    expect(lost.errors).toEqual([]);
    expect(linking().pairing.end()).toBeNull();
    const linked = linking();
    linked.notify('passkey_prologue_request', [optionsNode()]);
    linked.pairing.paired();
    expect(linked.pairing.end()).toBeNull();
  });

  it('shows nothing after its end', () => {
    const { offer, notify, pairing, clock, reports } = linking();
    offer('a', 'b');
    pairing.end();
    offer('c');
    notify('companion_reg_refresh');
    notify('passkey_prologue_request', [optionsNode()]);
    clock.advance(600_000);
    expect(reports).toEqual(['qr']);
  });
});

describe('linking by code', () => {
  it('shows the code once WhatsApp has taken it, and keeps it when new references come', async () => {
    const { offer, answer, reports, clock, errors } = linking('5511999999999');
    offer('a');
    await settled();
    expect(reports).toEqual([]);
    await answer('result', taken);
    expect(reports).toEqual(['ABCD-EFGH']);
    offer('b');
    await settled();
    clock.advance(600_000);
    expect([reports, errors]).toEqual([['ABCD-EFGH'], []]);
  });

  it.each([
    [{ code: '400', text: 'bad-request' }, 400, 'WhatsApp refused the pairing code (400, bad-request)'],
    [{}, 500, 'WhatsApp refused the pairing code (no code)'],
  ])('ends when WhatsApp refuses it, and shows no code (%j)', async (attrs, code, text) => {
    const { offer, answer, reports, errors } = linking('5511999999999');
    offer('a');
    await answer('error', { tag: 'error', attrs: attrs as BinaryNode['attrs'] });
    expect(reports).toEqual([]);
    expect(errors.map(closeReason)).toEqual([{ kind: 'transport', code, text, banSeconds: null }]);
  });

  it('shows another code when WhatsApp wants it typed once more', async () => {
    const { offer, answer, notify, reports, creds } = linking('5511999999999');
    offer('a');
    await answer('result', taken);
    const before = creds.advSecretKey;
    notify('companion_reg_refresh');
    await answer('result', taken);
    expect(reports).toEqual(['ABCD-EFGH', 'JKLM-NPQR']);
    expect(creds.advSecretKey).not.toBe(before);
  });

  it('leaves an error during a ceremony to the ceremony', async () => {
    const { offer, answer, notify, errors } = linking('5511999999999');
    offer('a');
    await answer('result', taken);
    notify('passkey_prologue_request', [optionsNode()]);
    await answer('error', { tag: 'error', attrs: { code: '500' } });
    expect(errors).toEqual([]);
  });
});
