export interface SignedPreKey {
  id: number;
  key: Uint8Array;
  signature: Uint8Array;
}

/** The keys a device left with the server. A one-time key leaves the shelf for good when it is taken. */
export class PreKeyShelf {
  signed: SignedPreKey | undefined;
  readonly oneTime = new Map<number, Uint8Array>();
  /** The device was notified that few are left, and has not brought new ones since. */
  notifiedLow = false;

  get count(): number {
    return this.oneTime.size;
  }

  take(): { id: number; key: Uint8Array } | undefined {
    for (const [id, key] of this.oneTime) {
      this.oneTime.delete(id);
      return { id, key };
    }
    return undefined;
  }
}
