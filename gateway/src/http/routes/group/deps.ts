export type { GroupDeps as GroupRouteDeps } from '../../../instances/groups/deps.ts';
