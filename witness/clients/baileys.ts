import { createInterface } from 'node:readline';
import { setTimeout as after } from 'node:timers/promises';

/*
 * An older Baileys or a fork of one as a program: a command per line of JSON on stdin (`{id, cmd, args}`), answers and
 * events on stdout, as `LineProgram` wants them. Started with the name of a package that is installed in this folder,
 * the sandbox's address, and a folder for credentials.
 */

interface Message {
  key: { id: string; remoteJid: string; participant?: string; fromMe: boolean };
  pushName?: string;
  message?: { conversation?: string; extendedTextMessage?: { text: string } };
}

interface Update {
  qr?: string;
  connection?: 'connecting' | 'open' | 'close';
  lastDisconnect?: { error?: { message?: string; output?: { statusCode?: number } } };
}

interface Socket {
  ev: {
    on(event: 'creds.update', listener: () => void): void;
    on(event: 'connection.update', listener: (update: Update) => void): void;
    on(event: 'call', listener: (calls: { id: string; status: string }[]) => void): void;
    on(event: 'messages.upsert', listener: (upsert: { messages: Message[] }) => void): void;
  };
  sendMessage(jid: string, content: { text: string }): Promise<Message>;
}

/** What is used of the package: the same names in every version. */
interface Engine {
  makeWASocket(config: object): Socket;
  useMultiFileAuthState(folder: string): Promise<{ state: object; saveCreds: () => void }>;
}

const RESTART_REQUIRED = 515;
const RETRY_MS = 200;

const [name = '', url = '', folder = ''] = process.argv.slice(2);
const own = new URL('./node_modules/', import.meta.url).href;
// Without its own folder, Node would find the product's packages further up.
if (!import.meta.resolve(name).startsWith(own)) throw new Error(`witness/clients has no ${name}`);

// libsignal writes to the console; stdout is for answers and events only.
for (const level of ['log', 'info', 'warn'] as const) console[level] = () => {};

const loaded = await import(name);
// A CommonJS package is the default export of what is loaded; there the socket is its own default export.
const engine: Engine =
  'makeWASocket' in loaded ? loaded : { ...loaded.default, makeWASocket: loaded.default.default };
const silent = { level: 'silent', child: () => silent } as Record<string, unknown>;
for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal']) silent[level] = () => {};

let socket: Socket | undefined;

const write = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
const emit = (event: string, data: object) => write({ event, data });

async function connect(): Promise<void> {
  const { state, saveCreds } = await engine.useMultiFileAuthState(folder);
  socket = engine.makeWASocket({
    waWebSocketUrl: url,
    logger: silent,
    auth: state,
    printQRInTerminal: false,
  });
  socket.ev.on('creds.update', saveCreds);
  socket.ev.on('messages.upsert', ({ messages }) => {
    for (const { key, message, pushName } of messages) {
      const text = message?.conversation ?? message?.extendedTextMessage?.text;
      emit('message', { ...key, pushName, text });
    }
  });
  socket.ev.on('call', (calls) => {
    for (const { id, status } of calls) emit('call', { id, status });
  });
  socket.ev.on('connection.update', ({ qr, connection, lastDisconnect }) => {
    if (qr) emit('qr', { code: qr });
    if (connection === 'open') emit('connected', {});
    if (connection === 'close') reconnect(lastDisconnect?.error);
  });
}

/** After pairing the server asks for a new connection; any other end is the end. */
async function reconnect(error: NonNullable<Update['lastDisconnect']>['error']): Promise<void> {
  const code = error?.output?.statusCode;
  if (code !== RESTART_REQUIRED) {
    emit('closed', { code, message: error?.message });
    return;
  }
  await after(RETRY_MS);
  await connect();
}

const COMMANDS: Record<string, (args: { jid: string; text: string }) => Promise<unknown>> = {
  connect,
  async send({ jid, text }) {
    if (!socket) throw new Error('not connected');
    return { id: (await socket.sendMessage(jid, { text })).key.id };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { id, cmd, args } = JSON.parse(line);
  const command = COMMANDS[cmd];
  const work = command ? command(args) : Promise.reject(new Error(`there is no command ${cmd}`));
  work.then(
    (data) => write({ id, ok: true, data }),
    (error) => write({ id, ok: false, error: error instanceof Error ? error.message : String(error) }),
  );
}
process.exit();
