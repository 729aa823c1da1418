import { proto } from '../proto.ts';
import type { Around, Content, Kind } from './content.ts';
import { countOf, jsonObject, parameter } from './values.ts';

/*
 * What comes back from buttons, menus and forms. One tap has several wire forms, by the client and by the form in which
 * the card was sent; the same tap becomes the same event, whichever form it had.
 */

export function buttonsResponse(message: proto.Message.IButtonsResponseMessage, { quoted }: Around): Kind {
  return buttonTap(message.selectedButtonId, message.selectedDisplayText, null, quoted);
}

export function templateButtonReply(
  message: proto.Message.ITemplateButtonReplyMessage,
  { quoted }: Around,
): Kind {
  const { selectedId, selectedDisplayText, selectedCarouselCardIndex } = message;
  return buttonTap(selectedId, selectedDisplayText, countOf(selectedCarouselCardIndex), quoted);
}

export function listResponse({
  title,
  description,
  singleSelectReply,
}: proto.Message.IListResponseMessage): Kind {
  return rowChoice(singleSelectReply?.selectedRowId, title, description);
}

const { EXTENSIONS_1 } = proto.Message.InteractiveResponseMessage.Body.Format;

export function interactiveResponse(
  message: proto.Message.IInteractiveResponseMessage,
  { quoted }: Around,
): Kind {
  const { name, paramsJson } = message.nativeFlowResponseMessage ?? {};
  const params = jsonObject(paramsJson);
  const said = message.body?.text ?? '';
  const id = params && Object.hasOwn(params, 'id') ? params.id : undefined;
  if (typeof id === 'string' && !Object.hasOwn(params ?? {}, 'flow_token')) {
    const title = said || parameter(params, 'display_text', 'title');
    if (name === 'menu_options' || name === 'single_select') {
      return rowChoice(id, title, parameter(params, 'description'));
    }
    return buttonTap(id, title, cardIndex(params), quoted);
  }
  const token = parameter(params, 'flow_token');
  return {
    type: 'interactive_response',
    // The app labels the answer of a form with the form's button; that is a title and no text of the sender.
    content: message.body?.format === EXTENSIONS_1 ? '' : said,
    interactive: {
      kind: 'flow_response',
      title: said,
      flow_name: name ?? '',
      ...(token && { flow_token: token }),
      ...(params && { params }),
      paramsJson: paramsJson ?? '',
    },
  };
}

function cardIndex(params: Record<string, unknown> | null): number | null {
  const index = params?.carousel_card_index ?? params?.selected_carousel_card_index;
  return typeof index === 'number' || typeof index === 'string' ? countOf(Number(index)) : null;
}

type Text = string | null | undefined;

function buttonTap(id: Text, title: Text, card: number | null, quoted: Content | null): Kind {
  return {
    type: 'buttons_response',
    content: '',
    interactive: {
      kind: 'buttons_response',
      title: title ?? '',
      selectedButtonId: id ?? '',
      ...(card !== null && { selectedCarouselCardIndex: card }),
    },
    button_response: { title: title ?? '', body: cardText(quoted, card), selected_button_id: id ?? '' },
  };
}

/** Text of the card that was tapped: of a carousel, the one card. */
function cardText(quoted: Content | null, card: number | null): string {
  const cards = quoted?.interactive?.kind === 'carousel' ? quoted.interactive.cards : [];
  return (card === null ? undefined : cards[card]?.body) ?? quoted?.content ?? '';
}

function rowChoice(id: Text, title: Text, description: Text): Kind {
  const row = id ?? '';
  return {
    type: 'list_response',
    content: '',
    interactive: {
      kind: 'list_response',
      title: title ?? '',
      selectedRowId: row,
      selectedReply: { selectedRowID: row },
    },
    list_response: {
      title: title ?? '',
      body: description ?? '',
      single_select_reply: { option_name: row, selected_row_id: row },
    },
  };
}
