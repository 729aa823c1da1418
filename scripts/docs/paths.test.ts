import { expect, test } from 'vitest';
import { linksIn, missingPaths, namesIn, treeIn } from './paths.ts';

const page = `
See \`events/outbox.ts\`, [the table](../gateway/src/config.ts#top) and [a site](https://example.com/a.ts).

\`\`\`
gateway/src/
  app.ts, app/      composition root
  http/             errors.ts: texts
                    that go on here
    routes/         one folder a module
  chats/ groups/    operations
demo/
\`\`\`

\`\`\`sh
npm run \`not.ts\`
\`\`\`
`;

test('finds the names, links and drawn trees of a page', () => {
  expect(namesIn(page)).toEqual(['events/outbox.ts']);
  expect(linksIn(page)).toEqual(['../gateway/src/config.ts']);
  expect(treeIn(page)).toEqual([
    'app.ts',
    'errors.ts',
    'gateway/src/',
    'gateway/src/app.ts',
    'gateway/src/app/',
    'gateway/src/http/',
    'gateway/src/http/routes/',
    'gateway/src/chats/',
    'gateway/src/groups/',
    'demo/',
  ]);
});

test('every path that the pages name exists', () => {
  expect(missingPaths()).toEqual([]);
});
