import type { proto } from 'baileys';
import type { Kind } from './content.ts';
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
type Reader<K extends keyof proto.IMessage> = (value: NonNullable<proto.IMessage[K]>) => Kind;
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

  imageMessage: 'unknown',
  videoMessage: 'unknown',
  ptvMessage: 'unknown',
  audioMessage: 'unknown',
  documentMessage: 'unknown',
  stickerMessage: 'unknown',
  stickerPackMessage: 'unknown',
  locationMessage: 'unknown',
  liveLocationMessage: 'unknown',
  contactMessage: 'unknown',
  contactsArrayMessage: 'unknown',
  reactionMessage: 'unknown',
  encReactionMessage: 'unknown',
  pollCreationMessage: 'unknown',
  pollCreationMessageV2: 'unknown',
  pollCreationMessageV3: 'unknown',
  pollCreationMessageV5: 'unknown',
  pollUpdateMessage: 'unknown',
  pollResultSnapshotMessage: 'unknown',
  pollResultSnapshotMessageV3: 'unknown',
  buttonsMessage: 'unknown',
  buttonsResponseMessage: 'unknown',
  templateMessage: 'unknown',
  templateButtonReplyMessage: 'unknown',
  listMessage: 'unknown',
  listResponseMessage: 'unknown',
  interactiveMessage: 'unknown',
  interactiveResponseMessage: 'unknown',
  eventMessage: 'unknown',
  encEventResponseMessage: 'unknown',
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
  secretEncryptedMessage: 'unknown',
  placeholderMessage: 'unknown',
  richResponseMessage: 'unknown',
  statusNotificationMessage: 'unknown',
  statusQuestionAnswerMessage: 'unknown',
  statusQuotedMessage: 'unknown',
  statusStickerInteractionMessage: 'unknown',
  questionResponseMessage: 'unknown',
  chat: 'unknown',
};
