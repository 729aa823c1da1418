import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type {
  KeyPair,
  SignalDataSet,
  SignalDataTypeMap,
  SignalKeyStore,
  SignalRepositoryWithLIDStore,
} from 'baileys';
import * as ourBaileys from 'baileys';
import type { Logger } from 'pino';
import { pino } from 'pino';
import { onceId } from '../decrypted-once.ts';
import { makeBridgeSignalRepository } from '../repository.ts';

/** Which implementation a party runs: this one, or Baileys as published with the real libsignal. */
export type Kind = 'ours' | 'stock';

const root = join(import.meta.dirname, '../../../../../..');
const stockPath = join(root, 'bench/stock/node_modules/baileys/lib/index.js');

async function stockBaileys(): Promise<typeof ourBaileys> {
  try {
    return await import(pathToFileURL(stockPath).href);
  } catch (cause) {
    throw new Error('bench/stock is not installed: node scripts/install-stock.ts', { cause });
  }
}

/**
 * A key store in memory that behaves as a database: values are copied, and calls end in later turns of the
 * event loop, writes after reads, so operations that are not kept apart get in each other's way.
 */
export class MemoryKeyStore implements SignalKeyStore {
  readonly rows = new Map<string, string>();

  async get<T extends keyof SignalDataTypeMap>(
    type: T,
    ids: string[],
  ): Promise<Record<string, SignalDataTypeMap[T]>> {
    await nextTurn();
    const found: Record<string, SignalDataTypeMap[T]> = {};
    for (const id of ids) {
      const row = this.rows.get(`${type}/${id}`);
      if (row !== undefined) found[id] = JSON.parse(row, ourBaileys.BufferJSON.reviver);
    }
    return found;
  }

  async set(data: SignalDataSet): Promise<void> {
    for (let turn = 0; turn < 4; turn++) await nextTurn();
    for (const [type, values] of Object.entries(data)) {
      for (const [id, value] of Object.entries(values ?? {})) {
        if (value === null) this.rows.delete(`${type}/${id}`);
        else this.rows.set(`${type}/${id}`, JSON.stringify(value, ourBaileys.BufferJSON.replacer));
      }
    }
  }
}

export type Envelope = { type: 'pkmsg' | 'msg'; ciphertext: Uint8Array };
export type Bundle = Parameters<SignalRepositoryWithLIDStore['injectE2ESession']>[0]['session'];
export type Party = Awaited<ReturnType<typeof makeParty>>;

/** One device with its own identity and stores; `again` is the same address after a new pairing. */
export async function makeParty(kind: Kind, jid: string, logger: Logger = pino({ level: 'silent' })) {
  const baileys = kind === 'ours' ? ourBaileys : await stockBaileys();
  const makeRepository =
    kind === 'ours' ? makeBridgeSignalRepository : baileys.DEFAULT_CONNECTION_CONFIG.makeSignalRepository;
  const creds = baileys.initAuthCreds();
  const store = new MemoryKeyStore();
  const keys = baileys.addTransactionCapability(store, logger, {
    maxCommitRetries: 1,
    delayBetweenTriesMs: 1,
  });
  const repository = makeRepository({ creds, keys }, logger, async () => undefined);
  let lastPreKey = 0;
  /** The message has become something durable, as the inbox journal says of it. */
  const settle = (ciphertext: Uint8Array) => store.rows.delete(`decrypted/${onceId(ciphertext)}`);

  return {
    kind,
    jid,
    creds,
    keys,
    store,
    repository,

    again: () => makeParty(kind, jid, logger),

    /** What the server would hand out for this device; `oneTime: false` when its pre-keys ran out. */
    async bundle({ oneTime = true } = {}): Promise<Bundle> {
      const { signedPreKey, signedIdentityKey, registrationId } = creds;
      const prefixed = (pair: KeyPair) => ourBaileys.generateSignalPubKey(pair.public);
      const bundle: Bundle = {
        registrationId,
        identityKey: prefixed(signedIdentityKey),
        signedPreKey: {
          keyId: signedPreKey.keyId,
          publicKey: prefixed(signedPreKey.keyPair),
          signature: signedPreKey.signature,
        },
      };
      if (!oneTime) return bundle;
      lastPreKey += 1;
      const pair = baileys.Curve.generateKeyPair();
      await keys.set({ 'pre-key': { [lastPreKey]: pair } });
      return { ...bundle, preKey: { keyId: lastPreKey, publicKey: prefixed(pair) } };
    },

    async open(peer: { jid: string; bundle(): Promise<Bundle> }): Promise<void> {
      await repository.injectE2ESession({ jid: peer.jid, session: await peer.bundle() });
    },

    encrypt(peer: { jid: string }, text: string): Promise<Envelope> {
      return repository.encryptMessage({ jid: peer.jid, data: Buffer.from(text) });
    },

    async decrypt(peer: { jid: string }, { type, ciphertext }: Envelope): Promise<string> {
      // Stock takes nothing but a Buffer.
      const plain = await repository.decryptMessage({
        jid: peer.jid,
        type,
        ciphertext: Buffer.from(ciphertext),
      });
      settle(ciphertext);
      return Buffer.from(plain).toString();
    },

    async encryptForGroup(group: string, text: string) {
      return repository.encryptGroupMessage({ group, meId: jid, data: Buffer.from(text) });
    },

    async decryptFromGroup(group: string, author: { jid: string }, msg: Uint8Array): Promise<string> {
      const plain = await repository.decryptGroupMessage({ group, authorJid: author.jid, msg });
      settle(msg);
      return Buffer.from(plain).toString();
    },

    acceptSenderKey(group: string, author: { jid: string }, message: Uint8Array): Promise<void> {
      const item = { groupId: group, axolotlSenderKeyDistributionMessage: message };
      return repository.processSenderKeyDistributionMessage({ authorJid: author.jid, item });
    },
  };
}

/** Two parties, Ana and Bo, with a session that both have used. */
export async function conversation(ana: Kind, bo: Kind, logger?: Logger): Promise<[Party, Party]> {
  const parties: [Party, Party] = [
    await makeParty(ana, '551100000001@s.whatsapp.net', logger),
    await makeParty(bo, '551100000002:7@s.whatsapp.net', logger),
  ];
  const [first, second] = parties;
  await first.open(second);
  await second.decrypt(first, await first.encrypt(second, 'hello'));
  await first.decrypt(second, await second.encrypt(first, 'hello back'));
  return parties;
}
