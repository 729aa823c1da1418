import type { OutgoingKind } from './kind.ts';
import { interactive, nativeFlow, panel } from './native-flow.ts';

export const FORM_TYPES = ['contact_details', 'registration_offer'] as const;

/** What the button of a form opens. */
export type FormFlow =
  /** Parameters that the client made himself, as JSON text. */
  | { params: string; token: string | undefined }
  | { token: string; label: string; version: string; form: OwnForm | ReadyForm };

interface OwnForm {
  flowId: string;
}

/** One of WhatsApp's ready-made forms. */
interface ReadyForm {
  type: (typeof FORM_TYPES)[number];
  fullName: boolean;
  phoneNumber: boolean;
  email: boolean;
  cpfOrCnpj: boolean;
  deliveryAddress: boolean;
  offerName: string | undefined;
  offerDescription: string | undefined;
}

export interface OutgoingForm {
  message: string;
  messageVersion: number;
  flow: FormFlow;
}

/** A button that opens a native form. */
export function formKind({ message, messageVersion, flow }: OutgoingForm): OutgoingKind {
  const params = 'params' in flow ? flow.params : flowParams(flow);
  return {
    type: 'interactive',
    content: message,
    build: (building) => ({
      ...interactive(
        {
          ...panel({ body: message }),
          nativeFlowMessage: nativeFlow([{ name: 'galaxy_message', params }], messageVersion),
        },
        building,
      ),
      answer: flow.token === undefined ? {} : { flowToken: flow.token },
    }),
  };
}

function flowParams({ token, label, version, form }: Exclude<FormFlow, { params: string }>): object {
  return {
    flow_message_version: version,
    flow_token: token,
    flow_cta: label,
    flow_action: 'navigate',
    ...('flowId' in form ? { flow_id: form.flowId } : readyForm(form)),
  };
}

function readyForm(form: ReadyForm): object {
  return {
    flow_name: form.type,
    flow_action_payload: {
      screen: form.type.toUpperCase(),
      data: {
        full_name_visible: form.fullName,
        phone_number_visible: form.phoneNumber,
        email_visible: form.email,
        cpf_or_cnpj_visible: form.cpfOrCnpj,
        delivery_address_visible: form.deliveryAddress,
        ...(form.type === 'registration_offer' && {
          offer_name: form.offerName ?? '',
          offer_description: form.offerDescription ?? '',
        }),
      },
    },
  };
}
