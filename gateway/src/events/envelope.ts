/** The parts of an event's envelope. `data` is JSON already: it is serialised once for log, webhooks and sockets. */
export interface Envelope {
  event: string;
  eventId: string;
  data: string;
  baseUrl: string;
  instance: string;
  token: string;
}

/** The envelope of an event, with what its instance is called and the gateway's public URL at this moment. */
export function envelopeOf(
  { id, kind, data }: { id: string; kind: string; data: string },
  { name, token }: { name: string; token: string },
  baseUrl: string,
): Envelope {
  return { event: kind, eventId: id, data, baseUrl, instance: name, token };
}

/** The bytes that a webhook and a socket get, keys in the documented order. */
export function envelopeText(envelope: Envelope, { includeToken }: { includeToken: boolean }): string {
  const { event, eventId, data, baseUrl, instance, token } = envelope;
  const instanceData = includeToken ? { baseUrl, instance, token } : { baseUrl, instance };
  return `{"event":"${event}","eventId":"${eventId}","data":${data},"instanceData":${JSON.stringify(instanceData)}}`;
}
