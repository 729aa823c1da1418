import { installLocked } from './install-locked.ts';

installLocked('bench/stock');
