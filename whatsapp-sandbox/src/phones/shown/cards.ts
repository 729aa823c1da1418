import type { proto } from 'baileys';

/** A place. */
export interface ShownLocation {
  latitude: number;
  longitude: number;
  name: string | undefined;
  address: string | undefined;
}

export interface ShownContact {
  name: string;
  vcard: string;
}

export function readLocation(location: proto.Message.ILocationMessage): ShownLocation {
  return {
    latitude: location.degreesLatitude ?? 0,
    longitude: location.degreesLongitude ?? 0,
    name: location.name ?? undefined,
    address: location.address ?? undefined,
  };
}

export function readContact({ displayName, vcard }: proto.Message.IContactMessage): ShownContact {
  return { name: displayName ?? '', vcard: vcard ?? '' };
}
