import { settings } from '../../gateway/src/config/settings.ts';

/** `docs/configuration.md`: every variable of the environment. */
export function configurationPage(): string {
  const rows = Object.entries(settings).map(([name, { fallback, help }]) => {
    const value = fallback === null ? 'not set' : fallback === '' ? 'empty' : `\`${fallback}\``;
    return `| \`${name}\` | ${value} | ${help} |`;
  });
  return [
    '# Configuration',
    '',
    '<!-- Made by `npm run docs` from gateway/src/config/settings.ts. -->',
    '',
    'The gateway is configured by environment variables. An empty value counts as not set. A wrong value stops the',
    'start with one line that names the variable.',
    '',
    '| variable | default | meaning |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
