import type { Container } from '../kubernetes.js';
import { quantity } from '../quantity.js';
import type { Rule } from '../rule.js';

/** No CPU limit, which would slow down a container even if its node is idle. */
export const resources: Rule = {
  name: 'every container requests CPU and memory, and has a memory limit',
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
    ...(requests.cpu === undefined ? ['requests no CPU'] : []),
    ...(memory === undefined ? ['requests no memory'] : []),
    ...(limits.memory === undefined ? ['no memory limit'] : []),
    ...(memory !== undefined && limits.memory !== undefined && quantity(memory) > quantity(limits.memory)
      ? ['requests more memory than its limit']
      : []),
  ];
}
