import { installLocked } from './install-locked.ts';

installLocked('witness/clients');
