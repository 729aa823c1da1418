import { proto } from 'baileys';
import { generateKeyPair, type KeyPair, sign } from './keys.ts';

const { Details } = proto.CertChain.NoiseCertificate;
const YEAR_SECONDS = 365 * 24 * 3600;

/** The secret half of a server: its root key and the static Noise key that the chain vouches for. */
export interface ServerIdentity {
  root: KeyPair;
  noise: KeyPair;
  /** Encoded `CertChain`, what the server shows in its hello. */
  chain: Uint8Array;
}

/**
 * Makes the chain a client checks: the root signs the intermediate's details (issuer serial 0),
 * the intermediate signs the leaf's, and the leaf's key is the static Noise key.
 * @param nowSeconds start of validity, seconds since the epoch
 */
export function makeServerIdentity(nowSeconds: number, root: KeyPair = generateKeyPair()): ServerIdentity {
  const intermediateKey = generateKeyPair();
  const noise = generateKeyPair();
  const validity = { notBefore: nowSeconds - 3600, notAfter: nowSeconds + 10 * YEAR_SECONDS };
  const intermediate = Details.encode({
    serial: 1,
    issuerSerial: 0,
    key: intermediateKey.public,
    ...validity,
  }).finish();
  const leaf = Details.encode({ serial: 2, issuerSerial: 1, key: noise.public, ...validity }).finish();
  const chain = proto.CertChain.encode({
    intermediate: { details: intermediate, signature: sign(root.private, intermediate) },
    leaf: { details: leaf, signature: sign(intermediateKey.private, leaf) },
  }).finish();
  return { root, noise, chain };
}
