import { gatewayBringsItsOwn } from './absent.ts';

/** Baileys links against this name; only its stock Signal repository calls it. */
export const PreKeyWhisperMessage = {
  decode(): never {
    throw gatewayBringsItsOwn();
  },
};
