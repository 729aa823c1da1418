/** What the account shows of itself, what others show, and who may know it. Everything throws `SendFailed`. */
export interface ProfileOperations {
  /** @param jpeg null takes the picture away; there need not be one */
  setPicture(jpeg: Uint8Array | null): Promise<void>;
  setName(name: string): Promise<void>;
  setAbout(text: string): Promise<void>;
  /** A temporary address; null when there is no picture, it is hidden, or the answer takes longer than `timeoutMs`. */
  pictureUrl(jid: string, timeoutMs: number): Promise<string | null>;
  /** null when there is none or it is hidden. */
  about(jid: string): Promise<string | null>;
  /** The name under which a business is registered; null for everyone else. */
  businessName(jid: string): Promise<string | null>;
  /** Whether a person whose phone number is not known has any device. */
  hasDevices(lid: string): Promise<boolean>;
  /** Every setting by WhatsApp's name, with WhatsApp's word for its value. */
  privacy(): Promise<Record<string, string>>;
  setPrivacy(setting: PrivacySetting, value: string): Promise<void>;
}

/** WhatsApp's names of the settings that can be changed. */
export type PrivacySetting =
  | 'last'
  | 'status'
  | 'profile'
  | 'online'
  | 'readreceipts'
  | 'calladd'
  | 'groupadd';
