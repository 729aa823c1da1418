import { expect } from 'vitest';
import type { SentKind } from './table.ts';

const message = 'Form sent successfully';
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const visible = {
  full_name_visible: true,
  phone_number_visible: true,
  email_visible: true,
  cpf_or_cnpj_visible: true,
  delivery_address_visible: true,
};
const flow = (params: object, version = 1) => ({
  kind: 'interactive',
  text: 'Fill in',
  interactive: { version, buttons: [{ flow: 'galaxy_message', params }] },
});

export const form: SentKind = {
  path: '/api/message/form/:instance',
  replies: 'both',
  posts: true,
  cases: [
    {
      name: 'the ready-made form with a token of ours',
      body: { message: 'Fill in' },
      message,
      data: { messageType: 'interactive', content: 'Fill in', flowToken: expect.stringMatching(UUID) },
      shows: flow({
        flow_message_version: '3',
        flow_token: expect.stringMatching(UUID),
        flow_cta: 'Continue',
        flow_name: 'contact_details',
        flow_action_payload: { data: visible },
      }),
    },
    {
      name: 'an offer with hidden fields',
      body: {
        message: 'Fill in',
        formType: 'registration_offer',
        buttonLabel: 'Sign up',
        flowToken: 'token-1',
        messageVersion: 3,
        emailVisible: false,
        cpfOrCnpjVisible: false,
        offerName: 'Blue Friday',
        offerDescription: '10 %',
      },
      to: 'person',
      message,
      data: { messageType: 'interactive', content: 'Fill in', flowToken: 'token-1' },
      shows: flow(
        {
          flow_token: 'token-1',
          flow_cta: 'Sign up',
          flow_name: 'registration_offer',
          flow_action_payload: {
            data: {
              ...visible,
              email_visible: false,
              cpf_or_cnpj_visible: false,
              offer_name: 'Blue Friday',
              offer_description: '10 %',
            },
          },
        },
        3,
      ),
    },
    {
      name: 'an own flow',
      body: { message: 'Fill in', flowId: '123456', flowToken: 't', flowMessageVersion: '4' },
      to: 'person',
      message,
      data: { messageType: 'interactive', content: 'Fill in', flowToken: 't' },
      shows: flow({ flow_id: '123456', flow_token: 't', flow_message_version: '4' }),
    },
    {
      name: 'own parameters, in place of everything else',
      body: {
        message: 'Fill in',
        flowId: 'ignored',
        flowToken: 'ignored',
        buttonParamsJSON:
          '{"flow_cta":"Go","flow_message_version":"3","flow_token":"mine","__proto__":{"x":1}}',
      },
      to: 'person',
      message,
      data: { messageType: 'interactive', content: 'Fill in', flowToken: 'mine' },
      shows: flow({ flow_cta: 'Go', flow_message_version: '3', flow_token: 'mine' }),
    },
    {
      name: 'own parameters without a token',
      body: { message: 'Fill in', buttonParamsJSON: '{"flow_cta":"Go","flow_message_version":"3"}' },
      to: 'person',
      message,
      data: { messageType: 'interactive', content: 'Fill in' },
      shows: flow({ flow_cta: 'Go' }),
    },
  ],
};
