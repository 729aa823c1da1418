import { Phone } from '@ryze/whatsapp-sandbox/client';
import QRCode from 'qrcode';
import { ryze } from '../harness/processes.ts';
import { openLiveChannel, startReceiver } from '../harness/receiver.ts';
import { GatewayClient } from './gateway-client.ts';
import { narrator } from './narrator.ts';

const OWN_NUMBER = '5511888888888';
const CUSTOMER_NUMBER = '5511999999999';
const INSTANCE = 'support';
const EVENTS = ['message.exchange', 'message.status', 'instance.state'];

export interface Stage {
  baseUrl: string;
  control: string;
  /** Environment of the gateway, for the command line. */
  env: Record<string, string>;
}

/** Runs the story from an empty installation to a read message. Throws at the first step that does not end as expected. */
export async function runStory({ baseUrl, control, env }: Stage): Promise<{ close(): void }> {
  const gateway = new GatewayClient(baseUrl);
  const receiver = await startReceiver();
  const own = await Phone.make(control, OWN_NUMBER, 'Blue Store');
  const customer = await Phone.make(control, CUSTOMER_NUMBER, 'Ana');

  narrator.chapter('An account, made by the operator');
  narrator.command('npm run ryze -- account create --name acme --max-instances 5 --json');
  const account = JSON.parse(
    await ryze(['account', 'create', '--name', 'acme', '--max-instances', '5', '--json'], env),
  );
  narrator.result(account);

  narrator.chapter('An instance, made with the TokenAccount; its events go to a webhook and a WebSocket');
  const created = await gateway.call('POST', '/api/instance/new', account.token, {
    name: INSTANCE,
    webhookEnabled: true,
    webhookURL: receiver.url,
    webhookEvents: EVENTS,
    websocketEnabled: true,
    websocketEvents: EVENTS,
  });
  const token: string = created.body.data.token;
  narrator.result(created.body.data);
  const live = await openLiveChannel(baseUrl, INSTANCE, token);

  narrator.chapter('A QR code, scanned by the phone');
  const connect = await gateway.call('GET', `/api/instance/connect/${INSTANCE}`, token);
  narrator.picture(await QRCode.toString(connect.body.qrCode, { type: 'utf8', errorCorrectionLevel: 'L' }));
  await own.scan(connect.body.qrCode);
  await receiver.events.expect(
    'the connected state',
    (e) => e.event === 'instance.state' && e.data.state === 'connected',
  );
  const list = await gateway.call('GET', '/api/instance/list', token);
  narrator.result(list.body.instances[0].connection);
  expect(list.body.instances[0].connection.state === 'connected', 'the instance is connected');

  narrator.chapter('A message out');
  const text = 'Hello Ana, your order is ready.';
  const sent = await gateway.call('POST', `/api/message/text/${INSTANCE}`, token, {
    number: CUSTOMER_NUMBER,
    message: text,
  });
  const id: string = sent.body.data.messageId;
  narrator.result(sent.body);
  const seen = await customer.sees(id);
  expect(seen.text === text, 'the phone shows the text that was sent');
  narrator.say(`Ana's phone shows: "${seen.text}"`);

  narrator.chapter('Delivered and read receipts');
  const status = (wanted: string) => (e: { event: string; data: { status: string; messageIds: string[] } }) =>
    e.event === 'message.status' && e.data.status === wanted && e.data.messageIds.includes(id);
  narrator.result((await receiver.events.expect('the delivered receipt', status('delivered'))).data);
  await customer.act('read', { id });
  narrator.result((await receiver.events.expect('the read receipt', status('read'))).data);

  narrator.chapter('The answer comes back, by webhook and by WebSocket');
  const answer = 'Great, I will pick it up today!';
  const answerId = await customer.send(OWN_NUMBER, answer);
  const arrived = (e: { event: string; data: { id: string } }) =>
    e.event === 'message.exchange' && e.data.id === answerId;
  const [pushed, streamed] = await Promise.all([
    receiver.events.expect('the answer', arrived),
    live.events.expect('the answer', arrived),
  ]);
  narrator.result(pushed.data.message);
  expect(pushed.data.message.content === answer, 'the webhook has the text of the answer');
  expect(streamed.eventId === pushed.eventId, 'both channels carry the same event');
  narrator.say(`the WebSocket brought the same event, ${streamed.eventId}`);

  narrator.chapter('A wrong token opens nothing');
  await gateway.call('POST', '/api/instance/new', account.token, { name: 'sales' });
  const refused = await gateway.call(
    'POST',
    '/api/message/text/sales',
    token,
    { number: CUSTOMER_NUMBER, message: 'not mine' },
    [403],
  );
  narrator.result(refused.body);

  return {
    close() {
      live.close();
      receiver.close();
    },
  };
}

function expect(holds: boolean, what: string): void {
  if (!holds) throw new Error(`expected that ${what}`);
}
