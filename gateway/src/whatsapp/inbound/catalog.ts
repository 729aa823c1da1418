import type { proto } from '../proto.ts';
import { buttons, template } from './buttons.ts';
import { contact, contactsArray } from './contacts.ts';
import type { Around, Kind } from './content.ts';
import { encEventResponse, event } from './event.ts';
import { list } from './list.ts';
import { liveLocation, location } from './location.ts';
import { audio, document, image, sticker, video, videoNote } from './media.ts';
import { interactiveMessage } from './native-flow.ts';
import { poll, pollUpdate } from './poll.ts';
import { encReaction, reaction } from './reaction.ts';
import { buttonsResponse, interactiveResponse, listResponse, templateButtonReply } from './responses.ts';
import { secretEncrypted } from './secret-encrypted.ts';
import { extendedText, plainText } from './text.ts';

/**
 * What a field of WhatsApp's message is to us.
 *
 * - a function: a visible kind with a translator of its own
 * - `unknown`: visible, and reported as `unknown`
 * - `protocol`: carries edits and revocations beside housekeeping
 * - `wrapper`: the message proper is inside
 * - `silent`: keys, history, app state, notices that have events of their own: no message
 * - `beside`: accompanies content and is none
 */
type Reader<K extends keyof proto.IMessage> = (value: NonNullable<proto.IMessage[K]>, around: Around) => Kind;
type Entry<K extends keyof proto.IMessage> =
  | Reader<K>
  | 'unknown'
  | 'protocol'
  | 'wrapper'
  | 'silent'
  | 'beside';

/** Total over the fields of `proto.Message`: a Baileys with a new one does not compile until it is sorted in here. */
export const catalog: { readonly [K in keyof proto.IMessage]-?: Entry<K> } = {
  conversation: plainText,
  extendedTextMessage: extendedText,
  protocolMessage: 'protocol',
  messageContextInfo: 'beside',

  deviceSentMessage: 'wrapper',
  ephemeralMessage: 'wrapper',
  viewOnceMessage: 'wrapper',
  viewOnceMessageV2: 'wrapper',
  viewOnceMessageV2Extension: 'wrapper',
  documentWithCaptionMessage: 'wrapper',
  editedMessage: 'wrapper',
  associatedChildMessage: 'wrapper',
  groupMentionedMessage: 'wrapper',
  botInvokeMessage: 'wrapper',
  botForwardedMessage: 'wrapper',
  botTaskMessage: 'wrapper',
  lottieStickerMessage: 'wrapper',
  eventCoverImage: 'wrapper',
  pollCreationMessageV4: 'wrapper',
  pollCreationOptionImageMessage: 'wrapper',
  groupStatusMessage: 'wrapper',
  groupStatusMessageV2: 'wrapper',
  groupStatusMentionMessage: 'wrapper',
  statusMentionMessage: 'wrapper',
  statusAddYours: 'wrapper',
  limitSharingMessage: 'wrapper',
  questionMessage: 'wrapper',
  questionReplyMessage: 'wrapper',

  senderKeyDistributionMessage: 'silent',
  fastRatchetKeySenderKeyDistributionMessage: 'silent',
  stickerSyncRmrMessage: 'silent',
  messageHistoryBundle: 'silent',
  messageHistoryNotice: 'silent',
  keepInChatMessage: 'silent',
  pinInChatMessage: 'silent',
  call: 'silent',
  bcallMessage: 'silent',
  callLogMesssage: 'silent',
  // Only announces how many pictures follow; each of them is a message of its own.
  albumMessage: 'silent',

  imageMessage: image,
  videoMessage: video,
  ptvMessage: videoNote,
  audioMessage: audio,
  documentMessage: document,
  stickerMessage: sticker,
  stickerPackMessage: 'unknown',
  locationMessage: location,
  liveLocationMessage: liveLocation,
  contactMessage: contact,
  contactsArrayMessage: contactsArray,
  reactionMessage: reaction,
  encReactionMessage: encReaction,
  pollCreationMessage: poll,
  pollCreationMessageV2: poll,
  pollCreationMessageV3: poll,
  pollCreationMessageV5: poll,
  pollUpdateMessage: pollUpdate,
  pollResultSnapshotMessage: 'unknown',
  pollResultSnapshotMessageV3: 'unknown',
  buttonsMessage: buttons,
  buttonsResponseMessage: buttonsResponse,
  templateMessage: template,
  templateButtonReplyMessage: templateButtonReply,
  listMessage: list,
  listResponseMessage: listResponse,
  interactiveMessage,
  interactiveResponseMessage: interactiveResponse,
  eventMessage: event,
  encEventResponseMessage: encEventResponse,
  highlyStructuredMessage: 'unknown',
  sendPaymentMessage: 'unknown',
  requestPaymentMessage: 'unknown',
  declinePaymentRequestMessage: 'unknown',
  cancelPaymentRequestMessage: 'unknown',
  paymentInviteMessage: 'unknown',
  invoiceMessage: 'unknown',
  orderMessage: 'unknown',
  productMessage: 'unknown',
  groupInviteMessage: 'unknown',
  newsletterAdminInviteMessage: 'unknown',
  newsletterFollowerInviteMessageV2: 'unknown',
  requestPhoneNumberMessage: 'unknown',
  scheduledCallCreationMessage: 'unknown',
  scheduledCallEditMessage: 'unknown',
  commentMessage: 'unknown',
  encCommentMessage: 'unknown',
  secretEncryptedMessage: secretEncrypted,
  placeholderMessage: 'unknown',
  richResponseMessage: 'unknown',
  statusNotificationMessage: 'unknown',
  statusQuestionAnswerMessage: 'unknown',
  statusQuotedMessage: 'unknown',
  statusStickerInteractionMessage: 'unknown',
  questionResponseMessage: 'unknown',
  chat: 'unknown',
};
