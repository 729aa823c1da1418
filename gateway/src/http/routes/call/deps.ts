export type { CallDeps as CallRouteDeps } from '../../../instances/calls/deps.ts';
