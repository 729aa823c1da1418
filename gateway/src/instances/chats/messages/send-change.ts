import type { InstanceRow, MessageRow } from '../../../storage/schema.ts';
import type { MessageType } from '../../../whatsapp/inbound/content.ts';
import type { Built } from '../../../whatsapp/outbound/kind.ts';
import { deliver } from '../../sending/deliver.ts';
import type { SendDeps } from '../../sending/deps.ts';
import { targetOf } from './stored-messages.ts';

/** A message that changes a stored one (`row`). */
export interface MessageChange {
  row: MessageRow;
  built: Built;
  type: MessageType;
  content: string;
}

/** Sends a change into the chat of the message that it changes; it is stored and reported like every message of ours. */
export async function sendChange(
  instance: InstanceRow,
  { row, built, type, content }: MessageChange,
  deps: SendDeps,
): Promise<void> {
  const target = await targetOf(instance, row, deps);
  const message = {
    target,
    build: async () => built,
    type,
    content,
    source: 'api',
    delay: 0,
    onId: () => {},
  };
  await deliver(instance, message, deps);
}
