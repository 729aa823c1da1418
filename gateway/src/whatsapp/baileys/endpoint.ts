import { WA_CERT_DETAILS } from 'baileys';

/**
 * Trusts a sandbox's certificate chain instead of WhatsApp's. Baileys keeps the root key in one object of the
 * process, so a gateway speaks with one or the other, never with both.
 */
export function trustSandbox(rootKey: Uint8Array): void {
  WA_CERT_DETAILS.PUBLIC_KEY = Buffer.from(rootKey);
}
