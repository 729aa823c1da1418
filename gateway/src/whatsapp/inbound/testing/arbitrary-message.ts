import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc, { type GeneratorValue } from 'fast-check';
import protobuf, { type Field, type Type } from 'protobufjs';

/** WhatsApp's schema as Baileys ships it, with its types to look into. */
const schema = fileURLToPath(new URL('../WAProto/WAProto.proto', import.meta.resolve('baileys')));
const MESSAGE = protobuf
  .parse(readFileSync(schema, 'utf8'), { keepCase: true })
  .root.lookupType('proto.Message');

/** Wrappers nest; what is random stops growing here. */
const MAX_FIELDS = 60;
const WRAPPERS = MESSAGE.fieldsArray.filter(({ name }) =>
  /^(ephemeral|viewOnce|edited|groupMentioned)/.test(name),
);

const text = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 3, arbitrary: fc.constantFrom('', '\0', '3EB0A1B2C3D4E5F60718', 'a\ud800', '__proto__') },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      '5511999999999@s.whatsapp.net',
      '5511999999999:7@s.whatsapp.net',
      '100000000000001@lid',
      '120363406289005073@g.us',
      'status@broadcast',
      '@',
    ),
  },
  { weight: 3, arbitrary: fc.json({ maxDepth: 4 }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom('{"id":"x"}', '{"flow_token":"t"}', '{"sections":[{"rows":[{}]}]}'),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('x'.repeat(200_000), '['.repeat(20_000), 'TEL;waid='.repeat(9_000)),
  },
);
const bytes = fc.uint8Array({ maxLength: 64 });
const int = fc.oneof(fc.integer(), fc.constantFrom(0, 1, -1, 2 ** 31 - 1, -(2 ** 31)));
const long = fc.oneof(fc.maxSafeInteger(), fc.constantFrom(0, 1, -1, 2 ** 53, 1_777_372_200));

/** Builders, because the generator distinguishes them by the function. */
const SCALARS: Record<string, () => fc.Arbitrary<unknown>> = {
  string: () => text,
  bytes: () => bytes,
  bool: () => fc.boolean(),
  float: () => fc.float(),
  double: () => fc.double(),
  int32: () => int,
  sint32: () => int,
  sfixed32: () => int,
  uint32: () => int.map((value) => value >>> 0),
  fixed32: () => int.map((value) => value >>> 0),
};
const ofLong = () => long;

/** An encoded message of the schema: any fields, with any values, in any depth. */
export const encodedMessage: fc.Arbitrary<Uint8Array> = fc.gen().map((random) => {
  const left = { fields: MAX_FIELDS };
  let message = fieldsOf(MESSAGE, random, left, 3);
  for (let wrapped = random(fc.nat, { max: 12 }); wrapped > 8; wrapped--) {
    const wrapper = oneOf(WRAPPERS, random);
    message = { [wrapper.name]: { message } };
  }
  return MESSAGE.encode(message as never).finish();
});

/** Bytes that are nearly a message. */
export const damagedMessage: fc.Arbitrary<Uint8Array> = fc
  .tuple(encodedMessage, fc.nat(), fc.nat({ max: 255 }), fc.nat())
  .map(([encoded, at, value, cut]) => {
    const damaged = Uint8Array.from(encoded);
    if (damaged.length > 0) damaged[at % damaged.length] = value;
    return damaged.subarray(0, damaged.length - (cut % 4));
  });

function fieldsOf(type: Type, random: GeneratorValue, left: { fields: number }, most = 5): object {
  const count = Math.min(random(fc.nat, { max: most }), left.fields, type.fieldsArray.length);
  left.fields -= count;
  const message: Record<string, unknown> = {};
  for (let i = 0; i < count; i++) {
    const field = oneOf(type.fieldsArray, random).resolve();
    message[field.name] = valuesOf(field, random, left);
  }
  return message;
}

function valuesOf(field: Field, random: GeneratorValue, left: { fields: number }): unknown {
  if (field.map) return {};
  if (!field.repeated) return single(field, random, left);
  const count = random(fc.nat, { max: 3 });
  return Array.from({ length: count }, () => single(field, random, left));
}

function single(field: Field, random: GeneratorValue, left: { fields: number }): unknown {
  const { resolvedType } = field;
  if (resolvedType instanceof protobuf.Type) return fieldsOf(resolvedType, random, left);
  if (resolvedType instanceof protobuf.Enum) {
    return oneOf([...Object.values(resolvedType.values), 99], random);
  }
  return random(SCALARS[field.type] ?? ofLong);
}

function oneOf<T>(items: readonly T[], random: GeneratorValue): T {
  return items[random(fc.nat, { max: items.length - 1 })] as T;
}
