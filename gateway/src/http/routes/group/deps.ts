export type { GroupDeps as GroupRouteDeps } from '../../../instances/groups/access.ts';
