import type { proto } from '../proto.ts';
import type { Location } from './blocks.ts';
import type { Kind } from './content.ts';
import { finiteOf, textOf } from './values.ts';

export function location(message: proto.Message.ILocationMessage): Kind {
  return placed(locationOf(message));
}

/** Where the sender is now; the updates that follow come by another way. */
export function liveLocation(message: proto.Message.ILiveLocationMessage): Kind {
  return placed({ ...locationOf(message), isLive: true });
}

export function locationOf(
  message: proto.Message.ILocationMessage | proto.Message.ILiveLocationMessage,
): Location {
  const { name, address, url, isLive }: proto.Message.ILocationMessage = message;
  return {
    latitude: finiteOf(message.degreesLatitude),
    longitude: finiteOf(message.degreesLongitude),
    name: textOf(name),
    address: textOf(address),
    url: textOf(url),
    isLive: isLive === true,
  };
}

/** Name, address and coordinates, each on its line: the `content` of a location. */
export function locationText({
  name,
  address,
  latitude,
  longitude,
}: Pick<Location, 'name' | 'address' | 'latitude' | 'longitude'>): string {
  const labels = [name, address].filter((line) => line !== null);
  const pin = `📍 ${labels.join('\n')}`.trimEnd();
  return latitude === null || longitude === null ? pin : `${pin}\nLat: ${latitude}, Long: ${longitude}`;
}

function placed(location: Location): Kind {
  return { type: 'location', content: locationText(location), location };
}
