import type { proto } from '../proto.ts';
import type { Button, Card } from './blocks.ts';
import type { Kind } from './content.ts';
import { menuOf } from './list.ts';
import { jsonObject, parameter } from './values.ts';

type FlowButton = proto.Message.InteractiveMessage.NativeFlowMessage.INativeFlowButton;

/** Native flows that are plain buttons, in our words, and the parameter that holds their id. */
const BUTTONS: Record<string, { type: string; id: string[] }> = {
  quick_reply: { type: 'REPLY', id: ['id'] },
  cta_url: { type: 'URL', id: ['url', 'merchant_url'] },
  cta_call: { type: 'CALL', id: ['phone_number', 'id'] },
  cta_copy: { type: 'COPY', id: ['copy_code', 'id'] },
};

/** A card with native flows: buttons and menus have kinds of their own beside forms, payments and carousels. */
export function interactiveMessage(message: proto.Message.IInteractiveMessage): Kind {
  const { header, shopStorefrontMessage, collectionMessage, carouselMessage, nativeFlowMessage } = message;
  if (shopStorefrontMessage || collectionMessage) return { type: 'unknown', content: '' };
  const body = message.body?.text ?? '';
  const footer = message.footer?.text ?? '';
  if (carouselMessage) {
    const cards = (carouselMessage.cards ?? []).map(cardOf);
    return { type: 'interactive', content: body, interactive: { kind: 'carousel', body, footer, cards } };
  }
  const shown = { title: header?.title ?? '', body, footer };
  const flows = nativeFlowMessage?.buttons ?? [];
  const [first] = flows;
  if (first?.name === 'single_select' && flows.length === 1) {
    const menu = menuOf(first.buttonParamsJson);
    return { type: 'list', content: body, interactive: { kind: 'list', ...shown, ...menu } };
  }
  const plain = flows.length > 0 && flows.every(({ name }) => Object.hasOwn(BUTTONS, name ?? ''));
  const buttons = flows.map(plain ? buttonOf : flowOf);
  const kind = plain ? 'buttons' : 'flow';
  return { type: plain ? 'buttons' : 'interactive', content: body, interactive: { kind, ...shown, buttons } };
}

function cardOf({ header, body, footer, nativeFlowMessage }: proto.Message.IInteractiveMessage): Card {
  return {
    title: header?.title ?? '',
    subtitle: header?.subtitle ?? '',
    body: body?.text ?? '',
    footer: footer?.text ?? '',
    buttons: (nativeFlowMessage?.buttons ?? []).map(buttonOf),
  };
}

function buttonOf(button: FlowButton): Button {
  const name = button.name ?? '';
  const known = Object.hasOwn(BUTTONS, name) ? BUTTONS[name] : undefined;
  if (!known) return flowOf(button);
  const params = jsonObject(button.buttonParamsJson);
  return {
    id: parameter(params, ...known.id),
    displayText: parameter(params, 'display_text'),
    type: known.type,
  };
}

function flowOf({ name, buttonParamsJson }: FlowButton): Button {
  const displayText = parameter(jsonObject(buttonParamsJson), 'display_text', 'flow_cta', 'title');
  return { id: buttonParamsJson ?? '', displayText, type: name ?? '' };
}
