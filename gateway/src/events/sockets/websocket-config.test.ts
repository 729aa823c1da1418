import { beforeAll, describe, expect, test } from 'vitest';
import { databases, type TestStorage } from '../../storage/testing/databases.ts';
import { TestClock } from '../../testing/test-clock.ts';
import { DOCUMENTED_EVENTS } from '../catalog.ts';
import { addInstance, testSeal } from '../testing/events.ts';
import { configureWebsocket, type WebsocketInput, websocketView } from './websocket-config.ts';

describe.each(databases)('WebSocket configuration on $name', ({ open }) => {
  let storage: TestStorage;
  beforeAll(async () => {
    storage = await open();
  });

  async function setup() {
    const { db } = storage;
    const instance = await addInstance(db, testSeal());
    const deps = { clock: new TestClock() };
    const set = async (input: WebsocketInput) =>
      websocketView(await configureWebsocket(db, deps, instance.id, input));
    return { set };
  }

  test('one row per instance: fields left out keep their value, events do not', async () => {
    const { set } = await setup();
    const first = await set({ enabled: true, events: ['call.update'], mediaBase64: true });
    expect(first).toEqual({ enabled: true, events: ['call.update'], mediaBase64: true });
    expect(await set({ enabled: true })).toEqual({ ...first, events: [...DOCUMENTED_EVENTS] });
    expect(await set({ enabled: false, events: ['call.update'] })).toEqual({
      enabled: false,
      events: [],
      mediaBase64: false,
    });
  });

  test('an unknown event is refused by name', async () => {
    const { set } = await setup();
    await expect(set({ enabled: true, events: ['nope'] })).rejects.toMatchObject({
      details: { text: 'Invalid event: nope' },
    });
  });
});

test('never configured reads as disabled', () => {
  expect(websocketView(undefined)).toEqual({ enabled: false, events: [], mediaBase64: false });
});
