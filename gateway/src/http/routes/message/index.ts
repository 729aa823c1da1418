import type { Route } from '../../route.ts';
import { buttonRoute } from './button.ts';
import { carouselRoute } from './carousel.ts';
import { contactRoute } from './contact.ts';
import type { MessageRouteDeps } from './deps.ts';
import { eventRoute } from './event.ts';
import { formRoute } from './form.ts';
import { listRoute } from './list.ts';
import { locationRoute } from './location.ts';
import { mediaRoute } from './media.ts';
import { pixRoute } from './pix.ts';
import { pollRoute } from './poll.ts';
import { reactionRoute } from './reaction.ts';
import { statusRoute } from './status.ts';
import { stickerRoute } from './sticker.ts';
import { textRoute } from './text.ts';

const catalog = [
  textRoute,
  mediaRoute,
  stickerRoute,
  locationRoute,
  contactRoute,
  reactionRoute,
  pollRoute,
  carouselRoute,
  buttonRoute,
  listRoute,
  formRoute,
  pixRoute,
  statusRoute,
  eventRoute,
];

/** `/api/message/*` */
export function messageRoutes(deps: MessageRouteDeps): Route[] {
  return catalog.map((route) => route(deps));
}
