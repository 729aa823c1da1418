import { locationText } from '../inbound/location.ts';
import { wireMessage } from '../wire.ts';
import { beside, inContext, type OutgoingKind } from './kind.ts';

/** A place as a client gives it. */
export interface Place {
  latitude?: number | undefined;
  longitude?: number | undefined;
  name?: string | undefined;
  address?: string | undefined;
}

export type LocatedPlace = Place & { latitude: number; longitude: number };

/** A static location card. */
export function locationKind(place: LocatedPlace): OutgoingKind {
  return {
    type: 'location',
    content: locationText({ ...place, name: place.name ?? null, address: place.address ?? null }),
    build: (building) => ({
      message: wireMessage({
        locationMessage: { ...locationFields(place), ...inContext(building) },
        ...beside(building),
      }),
    }),
  };
}

/** A place in WhatsApp's words. */
export function locationFields({ latitude, longitude, name, address }: Place) {
  return {
    ...(latitude !== undefined && { degreesLatitude: latitude }),
    ...(longitude !== undefined && { degreesLongitude: longitude }),
    ...(name !== undefined && { name }),
    ...(address !== undefined && { address }),
  };
}
