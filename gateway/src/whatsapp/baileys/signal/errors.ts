export type SignalErrorCode =
  | 'no-session'
  | 'no-sender-key'
  | 'duplicate'
  | 'bad-mac'
  | 'bad-signature'
  | 'no-pre-key'
  | 'malformed'
  | 'failed';

/**
 * Baileys decides by the text: `no-session` and `duplicate` are compared with it (a duplicate is acknowledged,
 * everything else asks the sender to retry), so these texts are stock libsignal's. None carries key material.
 */
const TEXT: Record<SignalErrorCode, string> = {
  'no-session': 'No session record',
  'no-sender-key': 'No SenderKeyRecord found for decryption',
  duplicate: 'Key used already or never filled',
  'bad-mac': 'Bad MAC',
  'bad-signature': 'Invalid signature',
  'no-pre-key': 'Invalid PreKey ID',
  malformed: 'Malformed Signal data',
  failed: 'Signal operation failed',
};

/** How the bridge words its failures, in the order in which they are tried. */
const WORDINGS: readonly (readonly [RegExp, SignalErrorCode])[] = [
  [/SessionNotFound/, 'no-session'],
  [/no sender key state/, 'no-sender-key'],
  [/DuplicatedMessage|message with old counter/, 'duplicate'],
  [/decryption failed/, 'bad-mac'],
  [/invalid signature/i, 'bad-signature'],
  [/Invalid(Signed)?PreKeyId/, 'no-pre-key'],
  [
    /protobuf encoding|too short|version was|bad key|key type|InvalidSessionStructure|deserialize/,
    'malformed',
  ],
];

const DETAIL_LIMIT = 200;

export class SignalError extends Error {
  override readonly name = 'SignalError';
  readonly code: SignalErrorCode;

  constructor(code: SignalErrorCode, detail?: string) {
    super(TEXT[code], detail === undefined ? undefined : { cause: new Error(detail.slice(0, DETAIL_LIMIT)) });
    this.code = code;
  }
}

/** The bridge throws strings; Baileys reads `message`, so a bare string would break its error path. */
export function toSignalError(thrown: unknown): SignalError {
  if (thrown instanceof SignalError) return thrown;
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return new SignalError(WORDINGS.find(([pattern]) => pattern.test(text))?.[1] ?? 'failed', text);
}
