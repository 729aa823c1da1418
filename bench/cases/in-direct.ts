import type { Case } from '../case.ts';
import { startDuo } from '../stage/duo.ts';
import { directTo, measureIncoming } from './incoming.ts';

/** Direct messages of 50 senders: the gateway until its webhook is answered, stock merely until it emits. */
export const inDirect: Case = {
  name: 'in-direct',
  async run(bench) {
    const duo = await bench.stages.get(startDuo);
    const row = await measureIncoming(bench, duo, {
      case: 'in-direct',
      kind: 'direct',
      to: directTo,
      senders: 50,
      messagesPerRound: bench.size(1_500, 250),
      warmUp: bench.size(500, 150),
      reach: 2,
    });
    return [row];
  },
};
