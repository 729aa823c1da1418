import { describe } from 'vitest';
import { acceptsBodies, refusesBodies } from './testing/messages.ts';

const PATH = '/api/message/form/:instance';
const good = { number: '5511999999999', message: 'Please fill in your details' };
const OBJECT = 'ButtonParamsJSON must be a JSON object';

describe('POST /api/message/form/:instance', () => {
  refusesBodies(PATH, good, [
    [{ number: good.number }, 'Message is required'],
    [{ ...good, formType: 'survey' }, 'FormType must be one of: contact_details, registration_offer'],
    [{ ...good, formType: 3 }, 'Invalid request body: formType must be a string'],
    [{ ...good, messageVersion: 0 }, 'MessageVersion must be between 1 and 100'],
    [{ ...good, messageVersion: 101 }, 'MessageVersion must be between 1 and 100'],
    [{ ...good, messageVersion: '3' }, 'Invalid request body: messageVersion must be an integer'],
    [{ ...good, flowMessageVersion: 3 }, 'Invalid request body: flowMessageVersion must be a string'],
    ...['{', '[]', '"x"', '1', 'null', '{"a":}'].map((text): [object, string] => [
      { ...good, buttonParamsJSON: text },
      OBJECT,
    ]),
    [{ ...good, buttonParamsJSON: {} }, 'Invalid request body: buttonParamsJSON must be a string'],
    [
      { ...good, buttonParamsJSON: `{"a":"${'x'.repeat(65_536)}"}` },
      'ButtonParamsJSON must be at most 65536 characters',
    ],
    [{ ...good, emailVisible: 'no' }, 'Invalid request body: emailVisible must be a boolean'],
    [{ ...good, buttonLabel: 'x'.repeat(1_025) }, 'ButtonLabel must be at most 1024 characters'],
    [{ ...good, flowToken: 'x'.repeat(1_025) }, 'FlowToken must be at most 1024 characters'],
  ]);

  acceptsBodies(PATH, [
    ['parameters with any keys', { ...good, buttonParamsJSON: '{"__proto__":1,"constructor":{}}' }],
    [
      'parameters beside fields that they make meaningless',
      {
        ...good,
        buttonParamsJSON: '{}',
        formType: 'survey',
        emailVisible: 'no',
        flowToken: 'x'.repeat(1_025),
      },
    ],
    ['empty optional fields', { ...good, formType: '', flowId: null, buttonParamsJSON: '' }],
  ]);
});
