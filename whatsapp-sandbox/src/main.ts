import { parseArgs } from 'node:util';
import pino from 'pino';
import { startSandbox } from './index.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '7070' },
    'media-port': { type: 'string', default: '0' },
    state: { type: 'string' },
    'log-level': { type: 'string', default: 'warn' },
  },
});
const port = portOf('port');
const mediaPort = portOf('media-port');
const log = pino({ level: values['log-level'] }, pino.destination(2));
const state = values.state === undefined ? {} : { state: values.state };
const sandbox = await startSandbox({ port, mediaPort, log, ...state }).catch((error: Error) => {
  console.error(`the sandbox cannot start: ${error.message}`);
  process.exit(1);
});
console.log(JSON.stringify(sandbox.info));
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void sandbox.close().then(() => process.exit(0)));
}

function portOf(option: 'port' | 'media-port'): number {
  const port = Number(values[option]);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  console.error(`--${option} ${values[option]} is not a port`);
  process.exit(2);
}
