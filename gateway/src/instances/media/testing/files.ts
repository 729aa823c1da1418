import { createHash } from 'node:crypto';
import { Receiver } from '../../../net/testing/network.ts';
import { EventList } from '../../../testing/event-list.ts';
import type { LinkedInstance } from '../../../testing/linked-gateway.ts';
import type { SandboxEndpoint } from '../../../testing/sandbox-environment.ts';

/** A webhook of an instance, labelled `hook` by default, and what it got, in order. Ends with the test. */
export async function webhookOf(instance: LinkedInstance, fields: object = {}): Promise<EventList> {
  const events = new EventList();
  const receiver = await Receiver.start((response, { body }) => {
    events.add(JSON.parse(body.toString()));
    response.end();
  });
  const body = { label: 'hook', enabled: true, url: receiver.url, ...fields };
  const { status } = await instance.call('POST', '/api/events/webhook/:instance', body);
  if (status !== 200) throw new Error(`the webhook was answered with ${status}`);
  return events;
}

/** Lets the next downloads from WhatsApp's CDN go wrong, as the sandbox's README says. */
export async function breakDownloads({ control }: SandboxEndpoint, fault: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  await fetch(`${control}/media/downloads`, { method: 'POST', headers, body: JSON.stringify(fault) });
}

/** The `message.exchange` of a message, as a channel got it. */
export function exchange(events: EventList, id: string) {
  return events.expect(
    `the message ${id}`,
    ({ event, data }) => event === 'message.exchange' && data.id === id,
  );
}

/** The `message.update` of a message's file. */
export function update(events: EventList, id: string) {
  return events.expect(
    `the update of ${id}`,
    ({ event, data }) => event === 'message.update' && data.messageId === id,
  );
}

export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The hash of a file that an event or an answer holds as base64. */
export function sha256Of(base64: string): string {
  return sha256(Buffer.from(base64, 'base64'));
}
