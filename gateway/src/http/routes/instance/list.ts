import { z } from 'zod';
import { failure } from '../../../failure.ts';
import { Listing, type ListingDeps } from '../../../instances/listing.ts';
import { listedNames } from '../../access/rules.ts';
import { JsonText } from '../../json-text.ts';
import { type Route, route } from '../../route.ts';
import { listed } from './examples.ts';

export function listInstances(deps: ListingDeps): Route {
  const listing = new Listing(deps);
  return route({
    method: 'GET',
    path: '/api/instance/list',
    summary: 'List the instances that the token owns',
    examples: listed,
    access: { to: 'either' },
    failed: 'Failed to list instances',
    query: z.object({ instanceName: z.string().optional() }),
    async handle({ principal, query }) {
      const names = listedNames(query.instanceName ?? '');
      const instances =
        principal.kind === 'instance'
          ? [await listing.ofInstance(principal.instance)]
          : await listing.ofAccount(principal.account.id, names);
      if (names.length === 1 && instances.length === 0) throw failure('instance_unknown');
      const total = instances.length;
      const message = total === 1 ? '1 Instance found' : `${total} Instances found`;
      const listed = instances.map(({ text }) => text).join(',');
      return {
        body: new JsonText(
          `{"success":true,"message":"${message}","instances":[${listed}],"meta":{"total":${total}}}`,
        ),
      };
    },
  });
}
