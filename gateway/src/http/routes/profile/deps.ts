export type { ProfileDeps as ProfileRouteDeps } from '../../../instances/profile/deps.ts';
