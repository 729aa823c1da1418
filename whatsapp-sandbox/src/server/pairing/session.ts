import { proto } from 'baileys';
import { SERVER_JID } from '../../wire/jid.ts';
import { verify, withType } from '../../wire/keys.ts';
import type { Transport } from '../../wire/noise.ts';
import { child, childBytes, readUint, type Stanza, stanza } from '../../wire/stanza.ts';
import { clientProps } from '../accounts/props.ts';
import type { ServerWith } from '../context.ts';
import type {
  Candidate,
  CodeRequest,
  PairingOffer,
  PairingPort,
  PasskeyPrimary,
  PrimaryHello,
} from '../model/pairings.ts';
import { StanzaError } from '../stanza-error.ts';
import { failure, restartRequired } from '../stream-errors.ts';
import { companionFinish, companionHello } from './code.ts';
import { PasskeyStage } from './passkey.ts';

type Needs = ServerWith<
  'clock' | 'directory' | 'log' | 'nextId' | 'pairings' | 'refsTtlMs' | 'seconds' | 'stats'
>;

const REFS = 6;
const OFFER_TIMEOUT_MS = 20_000;

/** What pairing needs of the connection of a new device. */
interface PairingConnection {
  send(node: Stanza): void;
  /** Sends a last stanza and closes. */
  end(node: Stanza): void;
  establish(transport: Transport, sink: (node: Stanza) => void): void;
  onClose(closer: () => void): void;
}

/** A connection that registers a new device: shows refs until a phone scans one or types its code. */
class PairingSession implements PairingPort {
  readonly candidate: Candidate;
  readonly ctx: Needs;
  readonly #connection: PairingConnection;
  #refs: string[] = [];
  #refresh: NodeJS.Timeout | undefined;
  #pending: { id: string; offer: PairingOffer; settle: (error?: Error) => void } | undefined;
  #passkey: PasskeyStage | undefined;
  /** The pairing code that this connection asked for, if it did. */
  code: { number: string; request: CodeRequest } | undefined;

  constructor(ctx: Needs, connection: PairingConnection, candidate: Candidate) {
    this.ctx = ctx;
    this.#connection = connection;
    this.candidate = candidate;
    connection.onClose(() => this.#closed());
  }

  /** Sends six refs; the ones before are worth nothing from now on. */
  showRefs(): void {
    this.ctx.pairings.withdraw(this.#refs);
    this.#refs = this.ctx.pairings.issue(this, REFS);
    this.#request([
      stanza(
        'pair-device',
        {},
        this.#refs.map((ref) => stanza('ref', {}, Buffer.from(ref))),
      ),
    ]);
    this.#refresh = setTimeout(() => this.showRefs(), this.ctx.refsTtlMs).unref();
  }

  receive(node: Stanza): void {
    if (node.tag !== 'iq') return;
    if (node.attrs.type === 'result' || node.attrs.type === 'error') this.#answered(node);
    else this.#connection.send(this.#answer(node));
  }

  offer(offer: PairingOffer): Promise<void> {
    if (this.#pending) return Promise.reject(new Error('this code is being linked already'));
    const account = this.ctx.directory.account(offer.jid);
    const id = this.#request([
      stanza('pair-success', {}, [
        stanza('device-identity', {}, offer.sealedIdentity),
        stanza('biz', { name: offer.businessName }),
        stanza('platform', { name: offer.platform }),
        stanza('device', { jid: offer.jid, lid: offer.lid }),
        ...(account ? [clientProps(account)] : []),
      ]),
    ]);
    return new Promise((resolve, reject) => {
      const settle = (error?: Error) => {
        clearTimeout(timer);
        this.#pending = undefined;
        if (error) reject(error);
        else resolve();
      };
      const timer = setTimeout(() => settle(new Error('the companion did not answer')), OFFER_TIMEOUT_MS);
      this.#pending = { id, offer, settle };
    });
  }

  primaryHello(hello: PrimaryHello): void {
    const content = stanza('link_code_companion_reg', { stage: 'primary_hello' }, [
      stanza('link_code_pairing_ref', {}, hello.ref),
      stanza('primary_identity_pub', {}, hello.identity),
      stanza('link_code_pairing_wrapped_primary_ephemeral_pub', {}, hello.wrappedEphemeral),
    ]);
    const attrs = { id: this.ctx.nextId(), from: SERVER_JID, type: 'link_code_companion_reg' };
    this.#connection.send(stanza('notification', { ...attrs, t: String(this.ctx.seconds()) }, [content]));
  }

  requirePasskey(primary: PasskeyPrimary): void {
    clearTimeout(this.#refresh);
    this.ctx.pairings.withdraw(this.#refs);
    this.#passkey = new PasskeyStage(this.ctx, (node) => this.#connection.send(node), primary);
    this.#passkey.ask();
  }

  #request(content: Stanza[]): string {
    const id = this.ctx.nextId();
    const t = String(this.ctx.seconds());
    this.#connection.send(stanza('iq', { id, from: SERVER_JID, type: 'set', xmlns: 'md', t }, content));
    return id;
  }

  #answer(iq: Stanza): Stanza {
    const reply = { id: iq.attrs.id, from: SERVER_JID };
    try {
      return stanza('iq', { ...reply, type: 'result' }, this.#handle(iq));
    } catch (error) {
      if (!(error instanceof StanzaError)) throw error;
      return stanza('iq', { ...reply, type: 'error' }, [error.toStanza()]);
    }
  }

  #handle(iq: Stanza): Stanza[] {
    if (iq.attrs.xmlns === 'w:p') return [];
    const registration = child(iq, 'link_code_companion_reg');
    if (registration?.attrs.stage === 'companion_hello') return companionHello(this, registration);
    if (registration?.attrs.stage === 'companion_finish') return companionFinish(this, registration);
    const answer = this.#passkey?.handle(iq);
    if (answer) return answer;
    throw new StanzaError(401, 'not-authorized');
  }

  /** The companion's half of the identity: it counts only when its signature is right. */
  #answered(node: Stanza): void {
    const pending = this.#pending;
    if (!pending || node.attrs.id !== pending.id) return;
    const signed = childBytes(child(node, 'pair-device-sign'), 'device-identity');
    if (node.attrs.type !== 'result' || !signed || !pending.offer.accept(signed)) {
      pending.settle(new Error("the companion's signature is wrong"));
      this.#connection.end(failure(401));
      return;
    }
    pending.settle();
    this.#connection.end(restartRequired());
  }

  #closed(): void {
    clearTimeout(this.#refresh);
    this.ctx.pairings.withdraw(this.#refs);
    if (this.code) {
      this.ctx.pairings.forget(this.code.number, this.code.request);
      this.code.request.finish?.(undefined);
    }
    this.#passkey?.closed();
    this.#pending?.settle(new Error('the companion closed the connection'));
  }
}

/** Lets a new device register; one whose keys do not belong together is turned away. */
export function startPairing(
  ctx: Needs,
  connection: PairingConnection,
  transport: Transport,
  noiseKey: Uint8Array,
  data: proto.ClientPayload.IDevicePairingRegistrationData,
): void {
  const candidate = readCandidate(noiseKey, data);
  if (!candidate) {
    ctx.stats.connections.refused += 1;
    connection.establish(transport, () => undefined);
    connection.end(failure(400));
    return;
  }
  const session = new PairingSession(ctx, connection, candidate);
  connection.establish(transport, (node) => session.receive(node));
  session.showRefs();
}

function readCandidate(
  noiseKey: Uint8Array,
  data: proto.ClientPayload.IDevicePairingRegistrationData,
): Candidate | undefined {
  const { eIdent, eSkeyVal, eSkeySig, deviceProps } = data;
  const registrationId = readUint(data.eRegid ?? undefined);
  const keyId = readUint(data.eSkeyId ?? undefined);
  if (eIdent?.length !== 32 || eSkeyVal?.length !== 32 || !eSkeySig || !deviceProps) return undefined;
  if (registrationId === undefined || keyId === undefined) return undefined;
  if (!verify(eIdent, withType(eSkeyVal), eSkeySig)) return undefined;
  const { os, platformType, requireFullSync } = proto.DeviceProps.decode(deviceProps);
  const platform = proto.DeviceProps.PlatformType[platformType ?? 0] ?? 'UNKNOWN';
  return {
    noiseKey,
    identity: eIdent,
    registrationId,
    signedPreKey: { id: keyId, key: eSkeyVal, signature: eSkeySig },
    platform: `${platform} (${os ?? ''})`.slice(0, 100),
    fullHistory: requireFullSync === true,
  };
}
