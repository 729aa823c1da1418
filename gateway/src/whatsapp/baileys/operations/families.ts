import type { Dispatcher } from 'undici';
import type { Clock } from '../../../clock.ts';
import type { GroupMetadata } from '../../group.ts';
import type { AppState } from '../app-state/app-state.ts';
import type { Asking } from '../ask.ts';
import type { Families } from './baileys-session.ts';
import { BaileysCalls } from './calls.ts';
import { BaileysChats } from './chats.ts';
import { BaileysGroups } from './groups.ts';
import { BaileysIdentities } from './identities.ts';
import { BaileysMedia } from './media.ts';
import { BaileysNewsletters } from './newsletters.ts';
import { BaileysProfile } from './profile.ts';
import { BaileysStatus } from './status.ts';

export interface FamiliesOptions extends Asking {
  clock: Clock;
  /** The way to the media hosts. */
  media: Dispatcher;
  appState: AppState;
  /** Takes metadata as they come off the wire; resolves when they are stored. */
  groupsLearned(groups: GroupMetadata[], complete: boolean): Promise<void>;
  ownPictureChanged(): void;
}

/** Every family of operations over one socket. */
export function createFamilies(options: FamiliesOptions): Families {
  const { clock, media, appState, groupsLearned, ownPictureChanged } = options;
  const asking: Asking = { socket: options.socket, ended: options.ended };
  return {
    calls: new BaileysCalls(asking),
    chats: new BaileysChats({ ...asking, appState, clock }),
    groups: new BaileysGroups({ ...asking, learned: groupsLearned }),
    identities: new BaileysIdentities(asking),
    media: new BaileysMedia({ ...asking, clock, through: media }),
    newsletters: new BaileysNewsletters(asking),
    profile: new BaileysProfile({ ...asking, pictureChanged: ownPictureChanged }),
    status: new BaileysStatus(asking),
  };
}
