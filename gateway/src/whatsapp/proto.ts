/**
 * The one way to WhatsApp's protobuf messages and stanzas for everything in `whatsapp/` but `baileys/`. Another source
 * of the schema, or another engine, takes the package's place here. Nothing of it leaves `whatsapp/`: the rooms above
 * hold `WireMessage`, `WireNode` (`wire.ts`) and the bytes of stored messages (`stored-message.ts`).
 */
export {
  type BinaryNode,
  getAllBinaryNodeChildren,
  getBinaryNodeChild,
  getBinaryNodeChildren,
  getBinaryNodeChildString,
  proto,
  toNumber,
  type WAMessage,
} from 'baileys';
