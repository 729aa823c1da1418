import { proto } from 'baileys';

/** How cards and their answers stand on the wire: WhatsApp has changed its mind several times. */
export const CARD_FORMS = ['plain', 'template', 'native'] as const;
export type CardForm = (typeof CARD_FORMS)[number];

export interface CardText {
  title?: string | undefined;
  subtitle?: string | undefined;
  body: string;
  footer?: string | undefined;
}

export interface ButtonDraft {
  id: string;
  text: string;
}

/** Reply buttons. */
export function buttonsMessage(card: CardText, buttons: ButtonDraft[], form: CardForm): proto.IMessage {
  const { title = '', body, footer = '' } = card;
  if (form === 'native') {
    return interactiveMessage(card, buttons.map(quickReply));
  }
  if (form === 'template') {
    const hydratedButtons = buttons.map(({ id, text }, index) => ({
      index,
      quickReplyButton: { id, displayText: text },
    }));
    const hydratedTemplate = {
      hydratedTitleText: title,
      hydratedContentText: body,
      hydratedFooterText: footer,
      hydratedButtons,
    };
    return { templateMessage: { hydratedTemplate } };
  }
  const { HeaderType } = proto.Message.ButtonsMessage;
  return {
    buttonsMessage: {
      ...(title ? { text: title, headerType: HeaderType.TEXT } : { headerType: HeaderType.EMPTY }),
      contentText: body,
      footerText: footer,
      buttons: buttons.map(({ id, text }) => ({
        buttonId: id,
        buttonText: { displayText: text },
        type: proto.Message.ButtonsMessage.Button.Type.RESPONSE,
      })),
    },
  };
}

export interface ListDraft {
  button: string;
  sections: { title: string; rows: { id: string; title: string; description?: string | undefined }[] }[];
}

/** A menu of rows. */
export function listMessage(card: CardText, { button, sections }: ListDraft, form: CardForm): proto.IMessage {
  if (form === 'native') {
    return interactiveMessage(card, [{ name: 'single_select', params: { title: button, sections } }]);
  }
  return {
    listMessage: {
      title: card.title ?? '',
      description: card.body,
      footerText: card.footer ?? '',
      buttonText: button,
      listType: proto.Message.ListMessage.ListType.SINGLE_SELECT,
      sections: sections.map(({ title, rows }) => ({
        title,
        rows: rows.map((row) => ({
          rowId: row.id,
          title: row.title,
          ...(row.description !== undefined && { description: row.description }),
        })),
      })),
    },
  };
}

export interface FlowDraft {
  name: string;
  params: Record<string, unknown>;
}

export function quickReply({ id, text }: ButtonDraft): FlowDraft {
  return { name: 'quick_reply', params: { display_text: text, id } };
}

/** A card with native flows. */
export function interactiveMessage(card: CardText, flows: FlowDraft[]): proto.IMessage {
  return { interactiveMessage: cardOf(card, flows) };
}

/** Cards side by side. */
export function carouselMessage(
  card: CardText,
  cards: { card: CardText; flows: FlowDraft[] }[],
): proto.IMessage {
  const { nativeFlowMessage: _, ...around } = cardOf(card, []);
  const inside = cards.map((each) => cardOf(each.card, each.flows));
  return { interactiveMessage: { ...around, carouselMessage: { cards: inside, messageVersion: 1 } } };
}

function cardOf(
  { title, subtitle, body, footer }: CardText,
  flows: FlowDraft[],
): proto.Message.IInteractiveMessage {
  return {
    ...(title !== undefined && { header: { title, ...(subtitle !== undefined && { subtitle }) } }),
    body: { text: body },
    ...(footer !== undefined && { footer: { text: footer } }),
    nativeFlowMessage: {
      buttons: flows.map(({ name, params }) => ({ name, buttonParamsJson: JSON.stringify(params) })),
      messageVersion: 1,
    },
  };
}
