import type { Case } from '../case.ts';
import { auth } from './auth.ts';
import { courier } from './courier.ts';
import { idle } from './idle.ts';
import { inDirect } from './in-direct.ts';
import { inGroup } from './in-group.ts';
import { longTalk } from './long-talk.ts';
import { outDirect } from './out-direct.ts';
import { pairing } from './pairing.ts';
import { restart } from './restart.ts';

/** In the order in which they run: neighbours share what they run on, and a fleet only grows. */
export const cases: readonly Case[] = [
  pairing,
  idle,
  restart,
  outDirect,
  inDirect,
  inGroup,
  longTalk,
  courier,
  auth,
];
