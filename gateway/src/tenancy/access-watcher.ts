/**
 * Notified after the commit of everything that ends or changes access, so that what is open at that moment follows:
 * sockets, connections to WhatsApp, the instance's data in events.
 */
export interface AccessWatcher {
  /** A token of this principal (`principalKey`) ends at `at`, Unix milliseconds; it may lie ahead. */
  tokenEnded(principal: string, tokenLookup: string, at: number): void;
  accountSuspended(accountId: string): Promise<void>;
  accountResumed(accountId: string): Promise<void>;
  /** Name, token or settings of the instance changed. */
  instanceChanged(instanceId: string): void;
  instanceDeleted(instanceId: string): void;
}

/** For processes that hold nothing open (the command line). */
export const noAccessWatcher: AccessWatcher = {
  tokenEnded: () => {},
  accountSuspended: async () => {},
  accountResumed: async () => {},
  instanceChanged: () => {},
  instanceDeleted: () => {},
};
