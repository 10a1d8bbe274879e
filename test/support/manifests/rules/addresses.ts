import { addressesOf, listenersAt } from '../addresses.js';
import type { Rule } from '../rule.js';

export const addresses: Rule = {
  name: 'somebody answers at every address that a workload is told of',
  violations: (set) =>
    set.workloads.flatMap((workload) =>
      addressesOf(set, workload)
        .filter((address) => listenersAt(set, address).length === 0)
        .map(({ host, port }) => `${workload.id}: nobody answers at ${host}:${port}`),
    ),
};
