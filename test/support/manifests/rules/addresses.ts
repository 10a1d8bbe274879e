import { addressesOf, listenersAt } from '../addresses.js';
import type { Rule } from '../rule.js';

export const addresses: Rule = {
  name: 'every address in the settings of a workload exists',
  violations: (set) =>
    set.workloads.flatMap((workload) =>
      addressesOf(set, workload)
        .filter((address) => listenersAt(set, address).length === 0)
        .map(({ host, port }) => `${workload.id}: nothing listens at ${host}:${port}`),
    ),
};
