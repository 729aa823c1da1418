import { FLAGS } from '../passkey/authenticator.ts';
import type { PasskeyCeremony } from '../phones/companions/passkey.ts';
import type { Phones } from '../phones/directory.ts';
import type { Phone } from '../phones/phone.ts';
import { describeCeremony, setPasskey } from './ceremonies.ts';
import { optionalChoice, optionalInteger, optionalObject, optionalText, text } from './fields.ts';
import { ControlError, type Route } from './http.ts';
import { phoneOf } from './phones.ts';

const MAX_FLAGS = Object.values(FLAGS).reduce((all, flag) => all | flag, 0);

/** The passkey of an account, and the user's part in linking with it. */
export function passkeyRoutes(phones: Phones): Route[] {
  return [
    {
      method: 'GET',
      path: '/control/phones/:number/passkey',
      handle: ({ params }) => describePasskey(phoneOf(phones, params.number)),
    },
    {
      method: 'POST',
      path: '/control/phones/:number/passkey',
      handle: ({ params, body }) => {
        const phone = phoneOf(phones, params.number);
        setPasskey(phone, optionalChoice(body, 'passkey', ['required', 'none']) ?? 'required');
        return describePasskey(phone);
      },
    },
    {
      method: 'POST',
      path: '/control/phones/:number/assert',
      handle: ({ params, body }) => {
        const { passkey } = phoneOf(phones, params.number);
        if (!passkey) throw new ControlError(409, 'this account has no passkey');
        const options = optionalObject(body, 'options') ?? body;
        const origin = optionalText(body, 'origin', 200);
        const rpId = optionalText(body, 'rpId', 200);
        const flags = optionalInteger(body, 'flags', 0, MAX_FLAGS);
        return passkey.assert({
          challenge: text(options, 'challenge', 200),
          ...(origin === undefined ? {} : { origin }),
          ...(rpId === undefined ? {} : { rpId }),
          ...(flags === undefined ? {} : { flags }),
        });
      },
    },
    {
      method: 'POST',
      path: '/control/phones/:number/confirm',
      handle: ({ params, body }) => {
        const ceremony = comparing(phoneOf(phones, params.number));
        if (text(body, 'code', 20).toUpperCase() !== ceremony.code) {
          throw new ControlError(400, 'the phone shows another code');
        }
        ceremony.confirm();
        return describeCeremony(ceremony);
      },
    },
    {
      method: 'POST',
      path: '/control/phones/:number/deny',
      handle: ({ params }) => {
        const ceremony = comparing(phoneOf(phones, params.number));
        ceremony.deny();
        return describeCeremony(ceremony);
      },
    },
  ];
}

function comparing({ ceremony }: Phone): PasskeyCeremony {
  if (ceremony?.stage !== 'comparing') throw new ControlError(409, 'the phone shows no code to compare');
  return ceremony;
}

function describePasskey({ passkey, ceremony }: Phone) {
  return {
    passkey: passkey ? 'required' : 'none',
    ...(ceremony ? { ceremony: describeCeremony(ceremony) } : {}),
  };
}
