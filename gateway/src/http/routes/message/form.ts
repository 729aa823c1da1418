import { z } from 'zod';
import { FORM_TYPES, type FormFlow, formKind } from '../../../whatsapp/outbound/form.ts';
import { optionalFlag, optionalOneOf, optionalWholeNumber, sentenceError } from '../../body/fields.ts';
import type { Route, RouteExample } from '../../route.ts';
import type { MessageRouteDeps } from './deps.ts';
import { sentExample } from './example.ts';
import {
  messageText,
  optionalMessageText,
  optionalWords,
  sendingBody,
  sendingFields,
  without,
} from './fields.ts';
import { CHATS, sendRoute } from './send-route.ts';

const MAX_VERSION = 100;
const UUID_BYTES = 16;

const shown = optionalFlag.transform((value) => value ?? true);

/** The text as it was sent, and its JSON; undefined when there is none. */
const buttonParams = optionalMessageText.transform((text, context) => {
  if (text === undefined) return undefined;
  const value = jsonObject(text);
  if (value) return { text, value };
  context.addIssue({ code: 'custom', ...sentenceError('must be a JSON object') });
  return z.NEVER;
});

const fields = z.object({
  ...sendingFields,
  message: messageText,
  formType: optionalOneOf(...FORM_TYPES).transform((type) => type ?? 'contact_details'),
  buttonLabel: optionalWords().transform((label) => label ?? 'Continue'),
  flowToken: optionalWords(),
  flowId: optionalWords(),
  flowMessageVersion: optionalWords().transform((version) => version ?? '3'),
  messageVersion: optionalWholeNumber(1, MAX_VERSION).transform((version) => version ?? 1),
  buttonParamsJSON: buttonParams,
  fullNameVisible: shown,
  phoneNumberVisible: shown,
  emailVisible: shown,
  cpfOrCnpjVisible: shown,
  deliveryAddressVisible: shown,
  offerName: optionalWords(),
  offerDescription: optionalWords(),
});

/** Fields that are ignored when the client gives the parameters of the button itself. */
const FLOW_FIELDS: ReadonlySet<string> = new Set<keyof z.output<typeof fields>>([
  'formType',
  'buttonLabel',
  'flowToken',
  'flowId',
  'flowMessageVersion',
  'fullNameVisible',
  'phoneNumberVisible',
  'emailVisible',
  'cpfOrCnpjVisible',
  'deliveryAddressVisible',
  'offerName',
  'offerDescription',
]);

const body = sendingBody(fields, (body) => {
  const { buttonParamsJSON: own } = body as { buttonParamsJSON?: unknown };
  return typeof own === 'string' && own.trim() !== '' ? without(body, FLOW_FIELDS) : body;
});

const example: RouteExample = {
  body: {
    number: '5511999999999',
    message: 'Please fill in your details',
    flowToken: '0b9e7f1c-52a3-4c58-9a1e-6a2f3d4c5b6a',
    replyTo: '3EB0A1B2C3D4E5F60718',
  },
  answer: sentExample('Form sent successfully', {
    messageId: '3EB08FCF27E532F1B0FF',
    messageType: 'interactive',
    content: 'Please fill in your details',
    flowToken: '0b9e7f1c-52a3-4c58-9a1e-6a2f3d4c5b6a',
    replyTo: { messageId: '3EB0A1B2C3D4E5F60718' },
  }),
};

/** POST /api/message/form/:instance */
export function formRoute(deps: MessageRouteDeps): Route {
  return sendRoute(
    {
      path: '/api/message/form/:instance',
      summary: 'Send a native form',
      examples: [example],
      recipients: CHATS,
      body,
      sent: 'Form sent successfully',
      kind({ message, messageVersion, ...form }, { random }) {
        return formKind({ message, messageVersion, flow: flowOf(form, () => newUuid(random(UUID_BYTES))) });
      },
    },
    deps,
  );
}

function flowOf(
  form: Omit<z.output<typeof fields>, 'message' | 'messageVersion'>,
  newToken: () => string,
): FormFlow {
  const { buttonParamsJSON: own, flowId } = form;
  if (own) {
    const token = own.value.flow_token;
    return { params: own.text, token: typeof token === 'string' ? token : undefined };
  }
  return {
    token: form.flowToken ?? newToken(),
    label: form.buttonLabel,
    version: form.flowMessageVersion,
    form:
      flowId === undefined
        ? {
            type: form.formType,
            fullName: form.fullNameVisible,
            phoneNumber: form.phoneNumberVisible,
            email: form.emailVisible,
            cpfOrCnpj: form.cpfOrCnpjVisible,
            deliveryAddress: form.deliveryAddressVisible,
            offerName: form.offerName,
            offerDescription: form.offerDescription,
          }
        : { flowId },
  };
}

function jsonObject(text: string): { flow_token?: unknown } | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** A random UUID, version 4, from 16 random bytes. */
function newUuid(random: Uint8Array): string {
  const bytes = Buffer.from(random);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
