import { parseArgs } from 'node:util';
import pino from 'pino';
import { startSandbox } from './index.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '7070' },
    state: { type: 'string' },
    'log-level': { type: 'string', default: 'warn' },
  },
});
const port = Number(values.port);
if (!Number.isInteger(port) || port < 0 || port > 65_535) {
  console.error(`--port ${values.port} is not a port`);
  process.exit(2);
}
const log = pino({ level: values['log-level'] }, pino.destination(2));
const state = values.state === undefined ? {} : { state: values.state };
const sandbox = await startSandbox({ port, log, ...state }).catch((error: Error) => {
  console.error(`the sandbox cannot start: ${error.message}`);
  process.exit(1);
});
console.log(JSON.stringify(sandbox.info));
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void sandbox.close().then(() => process.exit(0)));
}
