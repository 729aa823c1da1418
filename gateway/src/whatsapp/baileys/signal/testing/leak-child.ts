/*
 * A conversation with everything that goes wrong in one, logged at trace to stdout. Argument: the
 * implementation. Sends the secrets that existed at any time to the parent process.
 */
import { destination, pino } from 'pino';
import { conversation, type Kind, makeParty, type Party } from './parties.ts';
import { secretsOf } from './secrets.ts';

const GROUP = '120363000000000001@g.us';
const kind = process.argv[2] as Kind;
const logger = pino({ level: 'trace' }, destination({ fd: 1, sync: true }));
const secrets = new Set<string>();
const failures: unknown[] = [];

const [ana, bo] = await conversation(kind, kind, logger);
const newBo = await bo.again();
const stranger = await makeParty(kind, '551100000009@s.whatsapp.net', logger);

function note(): void {
  for (const party of [ana, bo, newBo, stranger]) for (const secret of secretsOf(party)) secrets.add(secret);
}

async function fails(attempt: Promise<unknown>): Promise<void> {
  try {
    await attempt;
  } catch (error) {
    failures.push(error);
    // As an operator's log line would have it.
    logger.error({ err: error, error }, 'failed');
  }
}

function torn({ type, ciphertext }: Awaited<ReturnType<Party['encrypt']>>) {
  const copy = Buffer.from(ciphertext);
  copy.fill(0, copy.length - 4);
  return { type, ciphertext: copy };
}

note();
for (let turn = 0; turn < 5; turn++) {
  await bo.encrypt(ana, 'skipped');
  await ana.decrypt(bo, await bo.encrypt(ana, 'there'));
  note();
  await bo.decrypt(ana, await ana.encrypt(bo, 'back'));
  note();
}
const once = await ana.encrypt(bo, 'once');
await bo.decrypt(ana, once);
await fails(bo.decrypt(ana, once));
await fails(bo.decrypt(ana, torn(await ana.encrypt(bo, 'torn'))));
await fails(ana.encrypt(stranger, 'nobody'));

const group = await ana.encryptForGroup(GROUP, 'group');
await fails(bo.decryptFromGroup(GROUP, ana, group.ciphertext));
await bo.acceptSenderKey(GROUP, ana, group.senderKeyDistributionMessage);
await bo.decryptFromGroup(GROUP, ana, group.ciphertext);
await fails(bo.decryptFromGroup(GROUP, ana, group.ciphertext));
note();

await newBo.open(ana);
const first = await newBo.encrypt(ana, 'new key');
note();
await ana.decrypt(newBo, first);
await fails(ana.decrypt(newBo, torn(await newBo.encrypt(ana, 'torn'))));
await fails(newBo.decrypt(ana, once));
note();

await stranger.open(ana);
ana.store.rows.delete('pre-key/2');
await fails(ana.decrypt(stranger, await stranger.encrypt(ana, 'pre-key is gone')));
await ana.repository.lidMapping.storeLIDPNMappings([{ pn: '551100000002@s.whatsapp.net', lid: '888@lid' }]);
await ana.repository.migrateSession(bo.jid, '888@lid');
ana.store.set = () => Promise.reject(new Error('disk full'));
await fails(ana.encrypt({ jid: '888:7@lid' }, 'not stored'));
note();

process.send?.({ secrets: [...secrets], failures: failures.length });
process.disconnect?.();
