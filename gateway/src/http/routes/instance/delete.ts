import { type RemoveInstanceDeps, removeInstance } from '../../../instances/remove-instance.ts';
import { type Route, route } from '../../route.ts';
import { deleted } from './examples.ts';

export function deleteInstance(deps: RemoveInstanceDeps): Route {
  return route({
    method: 'DELETE',
    path: '/api/instance/delete/:instance',
    summary: 'Delete an instance with everything that it has',
    examples: deleted,
    access: { to: 'instance', accountOnly: true },
    failed: 'Failed to delete instance: internal error',
    async handle({ instance }) {
      await removeInstance(instance, deps);
      return { body: { success: true, message: 'Instance deleted', instance: { status: 'deleted' } } };
    },
  });
}
