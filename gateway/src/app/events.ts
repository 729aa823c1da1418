import { Channels } from '../events/channels.ts';
import { MediaUpdates } from '../events/media-updates.ts';
import { createOutbox, type Outbox } from '../events/outbox.ts';
import { FrameQueue } from '../events/sockets/frame-queue.ts';
import { Hub } from '../events/sockets/hub.ts';
import { Courier } from '../events/webhooks/courier.ts';
import { PRODUCT } from '../product.ts';
import type { Base } from './base.ts';

/** How events get to webhooks and sockets. */
export interface Events {
  channels: Channels;
  hub: Hub;
  frames: FrameQueue;
  courier: Courier;
  outbox: Outbox;
  mediaUpdates: MediaUpdates;
}

/** `files` is woken with the instances that have files to fetch. */
export function createEvents(base: Base, files: { wake(instanceId: string): void }): Events {
  const { storage, db, seal, clock, log, fetch, config, baseUrl } = base;
  const channels = new Channels({ seal, clock, log });
  const hub = new Hub({ clock, log });
  const frames = new FrameQueue({ hub, clock });
  const userAgent = `${PRODUCT.name}/${PRODUCT.version} (webhook)`;
  const courier = new Courier({ storage, seal, clock, log, fetch, channels, userAgent });
  const outbox = createOutbox({
    db,
    seal,
    clock,
    channels,
    baseUrl,
    hub: frames,
    courier,
    files,
    fileWaitMs: config.mediaWaitMs,
  });
  const mediaUpdates = new MediaUpdates({ outbox, seal, clock, channels, baseUrl, frames, courier });
  return { channels, hub, frames, courier, outbox, mediaUpdates };
}
