import type { Container } from '../kubernetes.js';
import { quantity } from '../quantity.js';
import type { Rule } from '../rule.js';

/** No CPU limit, which would slow down a container even if its node is idle. */
export const resources: Rule = {
  name: 'every container asks for CPU and memory, and has a limit of memory',
  violations: (set) =>
    set.workloads.flatMap(({ id, containers }) =>
      containers.flatMap((container) =>
        violationsOf(container).map((violation) => `${id}, container ${container.name}: ${violation}`),
      ),
    ),
};

function violationsOf({ resources: { requests = {}, limits = {} } = {} }: Container): string[] {
  const { memory } = requests;
  return [
    ...(requests.cpu === undefined ? ['asks for no CPU'] : []),
    ...(memory === undefined ? ['asks for no memory'] : []),
    ...(limits.memory === undefined ? ['no limit of memory'] : []),
    ...(memory !== undefined && limits.memory !== undefined && quantity(memory) > quantity(limits.memory)
      ? ['asks for more memory than its limit']
      : []),
  ];
}
