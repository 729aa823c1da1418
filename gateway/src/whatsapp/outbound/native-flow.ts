import type { BinaryNode, proto } from '../proto.ts';
import { wireMessage, wireNode } from '../wire.ts';
import { type Building, type Built, beside, inContext } from './kind.ts';

type Header = proto.Message.InteractiveMessage.IHeader;

/** One button: the name by which WhatsApp knows what it does, and its parameters. */
export interface Flow {
  name: string;
  /** An object, or the JSON text of one. */
  params: object | string;
}

/** What stands on a card beside its buttons. */
export interface Panel {
  header?: Header | undefined;
  body: string;
  footer?: string | undefined;
}

/** Header, body and footer of an interactive message, and of each card of a carousel. */
export function panel({ header, body, footer }: Panel): proto.Message.IInteractiveMessage {
  return {
    ...(header && { header: { hasMediaAttachment: false, ...header } }),
    body: { text: body },
    ...(footer !== undefined && { footer: { text: footer } }),
  };
}

export function nativeFlow(
  flows: Flow[],
  messageVersion = 1,
): proto.Message.InteractiveMessage.INativeFlowMessage {
  const buttons = flows.map(({ name, params }) => ({
    name,
    buttonParamsJson: typeof params === 'string' ? params : JSON.stringify(params),
  }));
  return { buttons, messageParamsJson: '', messageVersion };
}

/** An interactive message as it is sent; `nodes` of the stanza say which flow it holds, or clients show its text alone. */
export function interactive(
  content: proto.Message.IInteractiveMessage,
  building: Building,
  biz: BinaryNode = MIXED,
): Built {
  return {
    message: wireMessage({ interactiveMessage: { ...content, ...inContext(building) }, ...beside(building) }),
    nodes: [wireNode(biz)],
  };
}

const MIXED: BinaryNode = {
  tag: 'biz',
  attrs: {},
  content: [
    {
      tag: 'interactive',
      attrs: { type: 'native_flow', v: '1' },
      content: [{ tag: 'native_flow', attrs: { v: '9', name: 'mixed' } }],
    },
  ],
};

/** Payments are announced by an attribute instead. */
export function payment(name: string): BinaryNode {
  return { tag: 'biz', attrs: { native_flow_name: name } };
}
