import { proto } from 'baileys';
import type { CardForm } from './interactive.ts';

/** A button of a card, tapped; `card` is its place in a carousel. */
export function tappedButton(
  { id, text, card }: { id: string; text: string; card?: number | undefined },
  form: CardForm,
): proto.IMessage {
  if (form === 'native') {
    const index = card === undefined ? {} : { carousel_card_index: card };
    return flowAnswer('quick_reply', { id, ...index }, text);
  }
  if (form === 'template') {
    return {
      templateButtonReplyMessage: {
        selectedId: id,
        selectedDisplayText: text,
        ...(card !== undefined && { selectedCarouselCardIndex: card }),
      },
    };
  }
  const { Type } = proto.Message.ButtonsResponseMessage;
  return {
    buttonsResponseMessage: { selectedButtonId: id, selectedDisplayText: text, type: Type.DISPLAY_TEXT },
  };
}

/** A row of a menu, chosen. */
export function chosenRow(
  { id, title, description }: { id: string; title: string; description?: string | undefined },
  form: CardForm,
): proto.IMessage {
  if (form === 'native') return flowAnswer('menu_options', { id, title, description }, title);
  return {
    listResponseMessage: {
      title,
      ...(description !== undefined && { description }),
      listType: proto.Message.ListResponseMessage.ListType.SINGLE_SELECT,
      singleSelectReply: { selectedRowId: id },
    },
  };
}

/** A form, filled in; the app labels it with the text of the form's button. */
export function filledForm(flow: string, params: Record<string, unknown>, label: string): proto.IMessage {
  const { Format } = proto.Message.InteractiveResponseMessage.Body;
  return flowAnswer(flow, params, label, Format.EXTENSIONS_1);
}

function flowAnswer(
  name: string,
  params: Record<string, unknown>,
  text: string,
  format = proto.Message.InteractiveResponseMessage.Body.Format.DEFAULT,
): proto.IMessage {
  return {
    interactiveResponseMessage: {
      body: { text, format },
      nativeFlowResponseMessage: { name, paramsJson: JSON.stringify(params), version: 3 },
    },
  };
}
