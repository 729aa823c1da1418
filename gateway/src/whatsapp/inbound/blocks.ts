/*
 * The blocks of `message.exchange` as translators fill them: every key of the event is always there,
 * null where something is not known.
 */

export interface Media {
  type: 'image' | 'video' | 'audio' | 'document' | 'sticker' | 'ptt' | 'ptv';
  mimeType: string | null;
  /** Equal to `mimeType`. */
  mimetype: string | null;
  /** On WhatsApp's CDN, encrypted. */
  url: string | null;
  s3Url: string | null;
  base64: string | null;
  fileName: string | null;
  caption: string | null;
  /** Bytes */
  size: number | null;
  /** Seconds */
  duration: number | null;
  width: number | null;
  height: number | null;
  isVoiceNote: boolean;
  isAnimated: boolean;
  isViewOnce: boolean;
  error: string | null;
}

export interface Location {
  latitude: number | null;
  longitude: number | null;
  name: string | null;
  address: string | null;
  url: string | null;
  isLive: boolean;
}

export interface ContactCard {
  display_name: string;
  /** Digits of the first telephone number. */
  phone_number: string | null;
  vcard: string;
}

export interface Poll {
  title: string;
  options: { name: string }[];
  /** 0 = any number */
  maxAnswer: number;
}

export interface PollVote {
  poll_message_id: string;
  /** null when the poll is unknown. */
  poll_title: string | null;
  /** The voter's present choice; empty = withdrawn. */
  options: { name: string }[];
  /** false when the poll is unknown. */
  decrypted: boolean;
}

export interface Reaction {
  /** '' on removal. */
  text: string;
  emoji: string;
  message_id: string;
  messageId: string;
  /** The message reacted to is the account's. */
  fromMe: boolean;
  /** Its author, as it was sent; shown in groups only. */
  participant: string | null;
  removed: boolean;
}

export interface Button {
  id: string;
  displayText: string;
  /** `REPLY`, `URL`, `CALL`, `COPY`; in other native flows the flow's name. */
  type: string;
}

export interface Card {
  title: string;
  subtitle: string;
  body: string;
  footer: string;
  buttons: Button[];
}

export interface ListSection {
  title: string;
  rows: { id: string; title: string; description: string }[];
}

export type Interactive =
  | { kind: 'buttons_response'; title: string; selectedButtonId: string; selectedCarouselCardIndex?: number }
  | {
      kind: 'list_response';
      title: string;
      selectedRowId: string;
      selectedReply: { selectedRowID: string };
    }
  | {
      kind: 'flow_response';
      title: string;
      flow_name: string;
      flow_token?: string;
      params?: Record<string, unknown>;
      paramsJson: string;
    }
  | { kind: 'event_response'; title: string; messageId: string }
  | { kind: 'buttons' | 'flow'; title: string; body: string; footer: string; buttons: Button[] }
  | {
      kind: 'list';
      title: string;
      body: string;
      footer: string;
      buttonText: string;
      sections: ListSection[];
    }
  | { kind: 'carousel'; body: string; footer: string; cards: Card[] };

export interface ButtonResponse {
  title: string;
  /** Text of the card, '' when it is unknown. */
  body: string;
  selected_button_id: string;
}

export interface ListResponse {
  title: string;
  body: string;
  /** Both are the row's id. */
  single_select_reply: { option_name: string; selected_row_id: string };
}

export interface CalendarEvent {
  name: string | null;
  description: string | null;
  startAt: string | null;
  endAt: string | null;
  location: Location | null;
  joinLink: string | null;
  isScheduleCall: boolean | null;
  hasReminder: boolean | null;
  reminderOffsetSec: number | null;
  extraGuestsAllowed: boolean | null;
  isCanceled: boolean | null;
}
