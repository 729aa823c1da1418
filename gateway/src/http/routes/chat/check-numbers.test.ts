import { Phone } from '@ryze/whatsapp-sandbox/client';
import { describe, expect, test } from 'vitest';
import { databases } from '../../../storage/testing/databases.ts';
import { linkedGateway } from '../../../testing/linked-gateway.ts';
import { newNumber, startWhatsApp } from '../../../testing/whatsapp.ts';
import { mailboxBench } from './testing/mailbox.ts';

const [sqlite] = databases;
const whatsApp = await startWhatsApp();
const PATH = '/api/chat/checkNumbers/:instance';

const error = (status: number, message: string) => ({ status, body: { success: false, error: { message } } });

describe('POST /api/chat/checkNumbers/:instance', () => {
  test('answers for every entry of every form, in their order', async () => {
    const gateway = await linkedGateway(await sqlite!.open(), whatsApp);
    const { call, phone, exchange } = await gateway.link(await whatsApp.newPhone());
    // A mobile number has two forms only with a high digit after the ninth.
    const number = newNumber().replace(/^(.{5})./, (_, area) => `${area}8`);
    const joao = await Phone.make(whatsApp.control, number, 'João');
    await exchange(await joao.send(phone.number, 'Hi!'));
    const jid = `${joao.number}@s.whatsapp.net`;
    const contact = (await call('GET', `/api/chat/contacts/:instance?number=${joao.number}`)).body.contact;
    const short = joao.number.replace(/^(55\d\d)9/, '$1');
    const unregistered = joao.number.replace(/\d$/, (digit) => String((Number(digit) + 5) % 10));
    const exists = { exists: true, jid, lid: contact.lid };
    const absent = { exists: false, jid: null, lid: null };

    const { status, body } = await call('POST', PATH, {
      numbers: [
        `+${joao.number}`,
        short,
        joao.number,
        jid,
        contact.lid,
        unregistered,
        '123',
        '1234567@lid',
        '12036300000000000@g.us',
      ],
    });
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        success: true,
        message: '5 of 9 numbers are on WhatsApp',
        total: 9,
        results: [
          { number: `+${joao.number}`, ...exists },
          { number: short, ...exists },
          { number: joao.number, ...exists },
          { number: jid, ...exists },
          { number: contact.lid, ...exists },
          { number: unregistered, ...absent },
          { number: '123', ...absent, error: 'Invalid number: 123' },
          { number: '1234567@lid', ...absent, error: 'LID is not known to this instance' },
          { number: '12036300000000000@g.us', ...absent, error: 'Invalid number: 12036300000000000@g.us' },
        ],
      },
    });
  });

  test('answers that WhatsApp refuses or throttles, and asks again the next time', async () => {
    const gateway = await linkedGateway(await sqlite!.open(), whatsApp);
    const { call, phone } = await gateway.link(await whatsApp.newPhone());
    const ask = () => call('POST', PATH, { numbers: ['5500900000000'] });
    // Not counted: the engine asks about devices by itself, too.
    const refuse = async (code: number) => {
      await fetch(`${whatsApp.control}/faults`, { method: 'DELETE' });
      if (code !== 200) await phone.fault('query-error', { query: 'usync', code });
    };
    await refuse(500);
    expect(await ask()).toMatchObject({
      status: 500,
      body: { error: { message: expect.stringMatching(/^failed to check numbers: ./) } },
    });
    await refuse(429);
    const throttled = await ask();
    expect(throttled).toMatchObject(error(429, 'WhatsApp rate limit reached. Try again later.'));
    expect(throttled.headers.get('retry-after')).toBe('60');
    await refuse(200);
    expect((await ask()).body.message).toBe('0 of 1 numbers are on WhatsApp');
  });

  test('says what is wrong with a question', async () => {
    const bench = await mailboxBench(await sqlite!.open());
    const ask = (body: unknown) => bench.post('checkNumbers', body);
    const fifty = Array.from({ length: 51 }, () => '5511999999999');
    for (const [body, status, message] of [
      ['{', 400, 'Invalid request body: malformed JSON'],
      [{ numbers: 'x' }, 400, 'Invalid request body: numbers must be an array'],
      [{ numbers: ['5511999999999', 5] }, 400, 'Invalid request body: numbers[1] must be a string'],
      [{}, 400, 'Numbers is required'],
      [{ numbers: [] }, 400, 'Numbers is required'],
      [{ numbers: null }, 400, 'Numbers is required'],
      [{ numbers: fifty }, 400, 'numbers must have between 1 and 50 items'],
      [{ numbers: ['5511999999999'] }, 503, 'Instance is not connected to WhatsApp'],
    ] as const) {
      expect(await ask(body), JSON.stringify(body)).toMatchObject(error(status, message));
    }
  });
});
