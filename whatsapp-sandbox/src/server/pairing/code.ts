import { randomBytes } from 'node:crypto';
import { sameBytes } from '../../wire/keys.ts';
import { childBytes, type Stanza, stanza } from '../../wire/stanza.ts';
import type { ServerWith } from '../context.ts';
import type { CodeRequest, PairingPort } from '../model/pairings.ts';
import { StanzaError } from '../stanza-error.ts';

/** Salt (32), initialisation vector (16) and an encrypted public key (32). */
export const WRAPPED_KEY_BYTES = 80;

/** What an exchange of a pairing code needs of the session of the device that is to be linked. */
interface CodeSession extends PairingPort {
  readonly ctx: ServerWith<'directory' | 'pairings'>;
  /** The code that this device asked for, if it did. */
  code: { number: string; request: CodeRequest } | undefined;
}

/** `companion_hello`: a device wants a code to be typed on the phone with this number. */
export function companionHello(session: CodeSession, node: Stanza): Stanza[] {
  const account = session.ctx.directory.account(node.attrs.jid);
  if (!account) throw new StanzaError(404, 'item-not-found');
  const wrappedEphemeral = childBytes(node, 'link_code_pairing_wrapped_companion_ephemeral_pub');
  const noiseKey = childBytes(node, 'companion_server_auth_key_pub');
  if (wrappedEphemeral?.length !== WRAPPED_KEY_BYTES) throw new StanzaError(400, 'bad-request');
  if (!noiseKey || !sameBytes(noiseKey, session.candidate.noiseKey))
    throw new StanzaError(400, 'bad-request');
  const ref = randomBytes(16).toString('base64url');
  const request: CodeRequest = { ref, wrappedEphemeral, port: session, finish: undefined };
  session.code = { number: account.number, request };
  session.ctx.pairings.request(account.number, request);
  return [
    stanza('link_code_companion_reg', { stage: 'companion_hello' }, [
      stanza('link_code_pairing_ref', {}, Buffer.from(ref)),
    ]),
  ];
}

/** `companion_finish`: the server only carries it; the phone finds out whether the code was right. */
export function companionFinish(session: CodeSession, node: Stanza): Stanza[] {
  const wrappedBundle = childBytes(node, 'link_code_pairing_wrapped_key_bundle');
  const identity = childBytes(node, 'companion_identity_public');
  const ref = childBytes(node, 'link_code_pairing_ref');
  const request = session.code?.request;
  if (!wrappedBundle || !identity || !ref || !request?.finish) throw new StanzaError(400, 'bad-request');
  if (Buffer.from(ref).toString() !== request.ref) throw new StanzaError(404, 'item-not-found');
  request.finish({ wrappedBundle, identity });
  return [];
}
