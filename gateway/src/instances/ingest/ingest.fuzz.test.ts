import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../../storage/testing/databases.ts';
import { catalog } from '../../whatsapp/inbound/catalog.ts';
import { readIncoming } from '../../whatsapp/inbound/incoming.ts';
import { damagedMessage, encodedMessage } from '../../whatsapp/inbound/testing/arbitrary-message.ts';
import { proto, type WAMessage } from '../../whatsapp/proto.ts';
import { GROUP, ingestBench, JOAO, SELF, waMessage } from './testing/ingest.ts';

/** `npm run fuzz` asks for many more, with a seed of its own. */
const runs = Number(process.env.FUZZ_RUNS ?? 150);
/** Ends what hangs; a busy machine may need long. */
const deadline = 300_000 + 100 * runs;
const seed = process.env.FUZZ_SEED === undefined ? {} : { seed: Number(process.env.FUZZ_SEED) };

/** The longest event: all texts of a message within their bound, escaped. */
const MAX_EVENT_CHARACTERS = 8_000_000;

const keys: Partial<WAMessage['key']>[] = [
  {},
  { remoteJid: JOAO.lid, remoteJidAlt: JOAO.jid },
  { fromMe: true },
  { remoteJid: GROUP, participant: JOAO.lid, participantAlt: JOAO.jid },
  { remoteJid: GROUP, participant: SELF.lid, fromMe: true },
  { remoteJid: 'status@broadcast', participant: JOAO.jid },
  { remoteJid: '120363422585881117@newsletter' },
];

let made = 0;
const message = fc
  .tuple(fc.oneof({ weight: 4, arbitrary: encodedMessage }, damagedMessage), fc.constantFrom(...keys))
  .map(([encoded, key]) => ({ encoded, key }));

/** As the engine hands it over; null when the bytes are no message, which it then says of them. */
function delivered({ encoded, key }: { encoded: Uint8Array; key: object }): WAMessage | null {
  try {
    return waMessage({ key: { ...key, id: `3EB0${++made}` }, message: proto.Message.decode(encoded) });
  } catch {
    return null;
  }
}

/** Whether it holds something that a person sees, by the catalogue alone. */
function isVisible(content: proto.IMessage): boolean {
  return Object.entries(content).some(([field, value]) => {
    const entry = catalog[field as keyof typeof catalog];
    return value !== null && (typeof entry === 'function' || entry === 'unknown');
  });
}

describe.each(databases)('anything that a stranger sends ($name)', (database) => {
  let bench: Awaited<ReturnType<typeof ingestBench>>;
  beforeAll(async () => {
    bench = await ingestBench(database);
  });

  test(
    'what is visible becomes one bounded event, and nothing throws',
    async () => {
      const property = fc.asyncProperty(message, async (sent) => {
        const arrived = delivered(sent);
        if (!arrived) return;
        const incoming = readIncoming(arrived, SELF, Date.now());
        if (isVisible(arrived.message ?? {})) expect(incoming).not.toBeNull();
        await bench.db.deleteFrom('events').execute();
        await bench.received(arrived);
        const events = await bench.db.selectFrom('events').selectAll().execute();
        const exchanges = events.filter(({ kind }) => kind === 'message.exchange');
        expect(exchanges).toHaveLength(incoming ? 1 : 0);
        for (const { data } of events) {
          expect(data.length).toBeLessThan(MAX_EVENT_CHARACTERS);
          expect(JSON.parse(data)).toBeTypeOf('object');
        }
      });
      const {
        failed,
        seed: used,
        counterexamplePath,
        errorInstance,
      } = await fc.check(property, {
        numRuns: runs,
        ...seed,
        endOnFailure: true,
      });
      // A message may be of megabytes: the seed leads to it, printing it does not help.
      if (failed) throw new Error(`seed ${used}, path ${counterexamplePath}`, { cause: errorInstance });
    },
    deadline,
  );
});
