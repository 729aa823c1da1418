import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../storage/testing/databases.ts';
import { hasFfmpeg } from '../testing/media-files.ts';
import { shapeDifferences } from '../testing/shape.ts';
import { startWhatsApp } from '../testing/whatsapp.ts';
import type { Route, RouteExample } from './route.ts';
import { type ExampleWorld, exampleWorld, preparations } from './testing/examples-world.ts';

const [sqlite] = databases;
const whatsApp = await startWhatsApp();

/** The one thing that ffmpeg measures in them. */
const WITHOUT_FFMPEG = 'POST /api/message/media/:instance: data.mediaDuration is missing';

/** They end what the others need. */
const LAST = [
  /chat\/deleteChat/,
  /resetLink/,
  /group\/leave/,
  /reconnect/,
  /logout/,
  /instance\/delete/,
  /^DELETE \/admin/,
];
const keyOf = ({ method, path }: Pick<Route, 'method' | 'path'>) => `${method} ${path}`;
const rank = (route: Route) => LAST.findIndex((last) => last.test(keyOf(route)));

describe('the examples of the API document', () => {
  let world: ExampleWorld;
  beforeAll(async () => {
    world = await exampleWorld(await sqlite!.open(), whatsApp);
  });

  test('exist for every route but the socket, and are answered as they say', async () => {
    const wrong: string[] = [];
    const routes = world.routes.filter(({ access }) => access.to !== 'socket');
    for (const route of routes.toSorted((a, b) => rank(a) - rank(b))) {
      const key = keyOf(route);
      if (!route.examples?.length) wrong.push(`${key} has no example`);
      for (const example of route.examples ?? []) {
        const undo = await preparations[key]?.(world);
        const differences = await execute(world, route, example);
        wrong.push(...differences.map((difference) => `${key}: ${difference}`));
        await undo?.();
      }
    }
    expect(wrong).toEqual(hasFfmpeg ? [] : [WITHOUT_FFMPEG]);
  });
});

async function execute(world: ExampleWorld, route: Route, example: RouteExample): Promise<string[]> {
  const { query, body, status = 200, answer } = example;
  const path = route.path
    .replace(':instance', example.instance ?? 'sales')
    .replace(':account', world.accountId);
  const url = query ? `${path}?${new URLSearchParams(query)}` : path;
  const token = route.access.to === 'admin' ? world.adminToken : world.accountToken;
  const answered = await world.call(route.method, url, token, body);
  if (answered.status !== status) return [`${answered.status} ${JSON.stringify(answered.body)}`];
  const texts = [answered.body.message, (answer as { message?: string }).message].map(withoutNumbers);
  return [
    ...(texts[0] === texts[1] ? [] : [`says "${texts[0]}" instead of "${texts[1]}"`]),
    ...shapeDifferences(answered.body, answer),
  ];
}

/** `2 groups found` and `12 groups found` say the same. */
function withoutNumbers(text: string | undefined): string | undefined {
  return text?.replace(/\d+/g, 'N');
}
