import { gatewayBringsItsOwn } from './absent.ts';

/**
 * Every path through Baileys' stock Signal repository starts by making an address, so this one class is
 * enough to stop it with a sentence instead of `undefined is not a constructor`.
 */
export class ProtocolAddress {
  constructor() {
    throw gatewayBringsItsOwn();
  }
}
