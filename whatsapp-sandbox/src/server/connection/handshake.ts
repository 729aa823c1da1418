import { proto } from 'baileys';
import { generateKeyPair } from '../../wire/keys.ts';
import { NoiseResponder } from '../../wire/noise.ts';
import type { ServerContext } from '../context.ts';
import { startPairing } from '../pairing/session.ts';
import { failure } from '../stream-errors.ts';
import type { Connection } from './connection.ts';
import { isOutdated, logIn, OUTDATED } from './login.ts';

/** Plays the server's side of the handshake, then lets the client register or log in. */
export function shakeHands(ctx: ServerContext, connection: Connection): void {
  connection.expectFrame((first) => {
    const { clientHello } = proto.HandshakeMessage.decode(first);
    if (clientHello?.ephemeral?.length !== 32) throw new Error('client hello without an ephemeral key');
    const noise = new NoiseResponder(connection.prologue, ctx.identity.noise, generateKeyPair());
    const serverHello = noise.hello(clientHello.ephemeral, ctx.identity.chain);
    connection.sendRaw(proto.HandshakeMessage.encode({ serverHello }).finish());
    connection.expectFrame((second) => {
      const { clientFinish } = proto.HandshakeMessage.decode(second);
      if (!clientFinish?.static || !clientFinish.payload) throw new Error('client finish is incomplete');
      const { clientStatic, payload, transport } = noise.finish(clientFinish.static, clientFinish.payload);
      const client = proto.ClientPayload.decode(payload);
      if (client.devicePairingData && isOutdated(ctx, client)) {
        connection.establish(transport, () => undefined);
        connection.end(failure(OUTDATED));
      } else if (client.devicePairingData)
        startPairing(ctx, connection, transport, clientStatic, client.devicePairingData);
      else logIn(ctx, connection, transport, clientStatic, client);
    });
  });
}
