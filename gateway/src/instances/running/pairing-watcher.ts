import type { CloseReason, PairingWatcher } from '../../whatsapp/link.ts';
import type { PasskeyPort } from '../../whatsapp/passkey/port.ts';
import type { ConnectionSlot } from './connection-slot.ts';
import type { Generation } from './generation.ts';
import type { PairingAttempt } from './pairing-attempt.ts';
import type { StateReports } from './state-reports.ts';

export interface PairingWatcherOptions {
  generation: Generation;
  attempt: PairingAttempt;
  slot: Pick<ConnectionSlot, 'add'>;
  reports: Pick<StateReports, 'qr' | 'passkey' | 'paired'>;
  /** WhatsApp asks for the passkey; also called whenever that ceremony changes. */
  onPasskey(ceremony: PasskeyPort): void;
  /** A phone has accepted the device; it is being stored. */
  onPaired(): void;
  /** The connection of the attempt is over. `linked`: the device is the instance's own now. */
  onClosed(linked: boolean, reason: CloseReason): void;
}

/** Serves one pairing attempt while its generation is current: its codes, and the device that comes of it. */
export function watchPairing(options: PairingWatcherOptions): PairingWatcher {
  const { generation, attempt, slot, reports, onPasskey, onPaired, onClosed } = options;
  let adopted: Promise<boolean> = Promise.resolve(false);
  const whileCurrent = (act: () => void) => {
    if (generation.current) act();
  };
  return {
    transportOpen: () => {},
    qr: (qrCode) =>
      whileCurrent(() => {
        attempt.offer({ status: 'qr', qrCode });
        void reports.qr(qrCode);
      }),
    pairingCode: (pairingCode) => whileCurrent(() => attempt.offer({ status: 'pairing', pairingCode })),
    passkey: (ceremony) =>
      whileCurrent(() => {
        attempt.asksForPasskey(ceremony);
        onPasskey(ceremony);
        const view = ceremony.view();
        if (view) void reports.passkey(view);
      }),
    paired: (device) =>
      whileCurrent(() => {
        attempt.paired();
        adopted = reports.paired(device, attempt.options.historyDays);
        // A logout that comes meanwhile wipes after this commit, not before it.
        slot.add(adopted);
        onPaired();
      }),
    closed: async (reason) => {
      const linked = await adopted;
      whileCurrent(() => onClosed(linked, reason));
    },
  };
}
