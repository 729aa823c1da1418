import {
  jidDecode,
  type SignalAuthState,
  type SignalRepositoryWithLIDStore,
  type UserFacingSocketConfig,
} from 'baileys';
import { LIDMappingStore } from 'baileys/lib/Signal/lid-mapping.js';
import {
  GroupCipher,
  GroupSessionBuilder,
  ProtocolAddress,
  SenderKeyDistributionMessage,
  SenderKeyName,
  SessionBuilder,
  SessionCipher,
  type SignalStorage,
} from 'whatsapp-rust-bridge';
import { withType } from '../wire/keys.ts';

type Factory = NonNullable<UserFacingSocketConfig['makeSignalRepository']>;

const EMPTY = new Uint8Array();

/** A Signal address: LID users carry their domain, as in stock Baileys. */
function addressOf(jid: string): ProtocolAddress {
  const parsed = jidDecode(jid);
  if (!parsed) throw new Error(`not a device: ${jid}`);
  const user = parsed.domainType === 1 ? `${parsed.user}_1` : parsed.user;
  return new ProtocolAddress(user, parsed.device ?? 0);
}

function storage(auth: SignalAuthState, resolve: (jid: string) => Promise<string>): SignalStorage {
  const named = async (address: string) => {
    const [user = '', device] = address.split('.');
    if (user.endsWith('_1')) return address;
    return addressOf(await resolve(`${user}${device === '0' ? '' : `:${device}`}@s.whatsapp.net`)).toString();
  };
  const pair = (key: { public: Uint8Array; private: Uint8Array }) => ({
    pubKey: withType(key.public),
    privKey: key.private,
  });
  return {
    loadSession: async (address) => {
      const id = await named(address);
      return (await auth.keys.get('session', [id]))[id];
    },
    storeSession: async (address, record) => {
      await auth.keys.set({ session: { [await named(address)]: record.serialize() } });
    },
    getOurIdentity: () => pair(auth.creds.signedIdentityKey),
    getOurRegistrationId: () => auth.creds.registrationId,
    isTrustedIdentity: () => true,
    loadPreKey: async (id) => {
      const key = (await auth.keys.get('pre-key', [String(id)]))[String(id)];
      return key && pair(key);
    },
    removePreKey: (id) => auth.keys.set({ 'pre-key': { [id]: null } }),
    loadSignedPreKey: () => {
      const { keyId, keyPair, signature } = auth.creds.signedPreKey;
      return { keyId, keyPair: pair(keyPair), signature };
    },
    loadSenderKey: async (name) => (await auth.keys.get('sender-key', [name]))[name],
    storeSenderKey: (name, record) => auth.keys.set({ 'sender-key': { [name]: record } }),
  };
}

/** The bridge throws strings; Baileys wants errors, and libsignal's words for a message it has had before. */
function asError(thrown: unknown): never {
  const text = String(thrown);
  throw new Error(text.includes('DuplicatedMessage') ? 'Key used already or never filled' : text);
}

/** Signal for the stock client: this tree has no stock libsignal, clients bring their own. */
export const makeTestSignalRepository: Factory = (auth, logger, pnToLid) => {
  const lidMapping = new LIDMappingStore(auth.keys as never, logger, pnToLid);
  const store = storage(auth, async (jid) => (await lidMapping.getLIDForPN(jid)) ?? jid);
  const inTurn = <T>(jid: string, work: () => Promise<T>): Promise<T> =>
    (auth.keys as unknown as { transaction(run: () => Promise<T>, key: string): Promise<T> }).transaction(
      work,
      jid,
    );
  const distribution = async (group: string, meId: string): Promise<Uint8Array> => {
    const name = new SenderKeyName(group, addressOf(meId));
    return (await new GroupSessionBuilder(store).create(name)).serialize();
  };
  const repository: SignalRepositoryWithLIDStore = {
    lidMapping,
    jidToSignalProtocolAddress: (jid) => addressOf(jid).toString(),
    decryptMessage: ({ jid, type, ciphertext }) =>
      inTurn(jid, async () => {
        const cipher = new SessionCipher(store, addressOf(jid));
        const opened =
          type === 'pkmsg'
            ? cipher.decryptPreKeyWhisperMessage(ciphertext)
            : cipher.decryptWhisperMessage(ciphertext);
        return opened.catch(asError);
      }),
    encryptMessage: ({ jid, data }) =>
      inTurn(jid, async () => {
        const { type, body } = await new SessionCipher(store, addressOf(jid)).encrypt(data);
        return { type: type === 3 ? ('pkmsg' as const) : ('msg' as const), ciphertext: body };
      }),
    injectE2ESession: ({ jid, session }) =>
      inTurn(jid, async () => {
        const { registrationId, identityKey, signedPreKey, preKey } = session;
        const bundle = { registrationId, identityKey, signedPreKey };
        const builder = new SessionBuilder(store, addressOf(jid));
        await builder.initOutgoing(preKey ? { ...bundle, preKey } : bundle);
      }),
    validateSession: async (jid) => {
      const open = await new SessionCipher(store, addressOf(jid)).hasOpenSession();
      return open ? { exists: true } : { exists: false, reason: 'no session' };
    },
    deleteSession: async (jids) => {
      for (const jid of jids) await auth.keys.set({ session: { [addressOf(jid).toString()]: null } });
    },
    migrateSession: async () => ({ migrated: 0, skipped: 0, total: 0 }),
    getSessionInfo: async () => null,
    hasSenderKey: async ({ group, meId }) => {
      const name = new SenderKeyName(group, addressOf(meId)).toString();
      return (await auth.keys.get('sender-key', [name]))[name] !== undefined;
    },
    decryptGroupMessage: ({ group, authorJid, msg }) =>
      inTurn(group, () => new GroupCipher(store, group, addressOf(authorJid)).decrypt(msg).catch(asError)),
    processSenderKeyDistributionMessage: ({ item, authorJid }) =>
      inTurn(item.groupId ?? '', () =>
        new GroupSessionBuilder(store).process(
          new SenderKeyName(item.groupId ?? '', addressOf(authorJid)),
          SenderKeyDistributionMessage.deserialize(item.axolotlSenderKeyDistributionMessage ?? EMPTY),
        ),
      ),
    encryptGroupMessage: ({ group, meId, data }) =>
      inTurn(group, async () => {
        // Before the message is encrypted, so that the key opens this very message.
        const senderKeyDistributionMessage = await distribution(group, meId);
        const ciphertext = await new GroupCipher(store, group, addressOf(meId)).encrypt(data);
        return { senderKeyDistributionMessage, ciphertext };
      }),
    getSenderKeyDistributionMessage: ({ group, meId }) => inTurn(group, () => distribution(group, meId)),
  };
  return repository;
};
