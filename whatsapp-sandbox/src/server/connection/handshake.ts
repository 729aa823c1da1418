import { proto } from 'baileys';
import { generateKeyPair } from '../../wire/keys.ts';
import { type FinishedHandshake, NoiseResponder } from '../../wire/noise.ts';
import type { ServerContext } from '../context.ts';
import { startPairing } from '../pairing/session.ts';
import { failure } from '../stream-errors.ts';
import type { Connection } from './connection.ts';
import { isOutdated, logIn, OUTDATED } from './login.ts';

/** A client hello as Noise IK has it: sealed for the static key that the client knows of an earlier connection. */
interface ResumingHello {
  ephemeral: Uint8Array;
  static: Uint8Array;
  payload: Uint8Array;
}

/** Plays the server's side of the handshake, then lets the client register or log in. */
export function shakeHands(ctx: ServerContext, connection: Connection): void {
  connection.expectFrame((first) => {
    const { clientHello } = proto.HandshakeMessage.decode(first);
    const { ephemeral, static: known, payload } = clientHello ?? {};
    if (ephemeral?.length !== 32) throw new Error('client hello without an ephemeral key');
    if (!known?.length || !payload?.length) return exchange(ctx, connection, ephemeral, 'XX');
    if (!resume(ctx, connection, { ephemeral, static: known, payload }))
      exchange(ctx, connection, ephemeral, 'XXfallback');
  });
}

/** Noise IK: one round trip less. False when the client knows a key that is not ours. */
function resume(ctx: ServerContext, connection: Connection, hello: ResumingHello): boolean {
  const noise = new NoiseResponder(connection.prologue, ctx.identity.noise, generateKeyPair(), 'IK');
  let resumed: ReturnType<NoiseResponder['resume']>;
  try {
    resumed = noise.resume(hello, ctx.identity.chain);
  } catch (error) {
    ctx.log.debug({ err: error }, 'handshake falls back to XX');
    return false;
  }
  connection.sendRaw(proto.HandshakeMessage.encode({ serverHello: resumed.answer }).finish());
  admit(ctx, connection, resumed.finished);
  return true;
}

/** Noise XX: the client learns our static key and then shows its own. */
function exchange(
  ctx: ServerContext,
  connection: Connection,
  ephemeral: Uint8Array,
  pattern: 'XX' | 'XXfallback',
): void {
  const noise = new NoiseResponder(connection.prologue, ctx.identity.noise, generateKeyPair(), pattern);
  const serverHello = noise.hello(ephemeral, ctx.identity.chain);
  connection.sendRaw(proto.HandshakeMessage.encode({ serverHello }).finish());
  connection.expectFrame((second) => {
    const { clientFinish } = proto.HandshakeMessage.decode(second);
    if (!clientFinish?.static || !clientFinish.payload) throw new Error('client finish is incomplete');
    admit(ctx, connection, noise.finish(clientFinish.static, clientFinish.payload));
  });
}

function admit(
  ctx: ServerContext,
  connection: Connection,
  { clientStatic, payload, transport }: FinishedHandshake,
): void {
  const client = proto.ClientPayload.decode(payload);
  if (client.devicePairingData && isOutdated(ctx, client)) {
    connection.establish(transport, () => undefined);
    connection.end(failure(OUTDATED));
  } else if (client.devicePairingData)
    startPairing(ctx, connection, transport, clientStatic, client.devicePairingData);
  else logIn(ctx, connection, transport, clientStatic, client);
}
