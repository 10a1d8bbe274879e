import type { PodDisruptionBudget } from '../kubernetes.js';
import { selects } from '../label-selector.js';
import type { ManifestSet } from '../manifest-set.js';
import type { Rule } from '../rule.js';
import { idOf, type Workload } from '../workload.js';

export const disruption: Rule = {
  name: 'a drain leaves some pods of each workload with several pods, and is never blocked',
  violations: (set) =>
    set.workloads
      .filter(({ longRunning }) => longRunning)
      .flatMap((workload) => {
        const budgets = set
          .ofKind<PodDisruptionBudget>('PodDisruptionBudget')
          .filter(({ spec }) => selects(spec.selector, workload.podLabels));
        const scaled = set.autoscalerOf(workload) !== undefined;
        const several = scaled || (workload.replicas ?? 1) > 1;
        return [
          ...(several && budgets.length === 0 ? [`${workload.id}: has several pods and no PodDisruptionBudget`] : []),
          // Each `kubectl apply` would reset the number that the autoscaler has chosen.
          ...(scaled && workload.replicas !== undefined
            ? [`${workload.id}: has both an autoscaler and a number of replicas`]
            : []),
          ...budgets
            .filter((budget) => evictable(budget, fewestPods(set, workload)) < 1)
            .map((budget) => `${idOf(budget)}: allows no disruption of ${workload.id}, so no node can be drained`),
        ];
      }),
};

function fewestPods(set: ManifestSet, workload: Workload): number {
  const spec = set.autoscalerOf(workload)?.spec;
  // Without a budget, a drain does not wait.
  return Math.max(1, spec === undefined ? (workload.replicas ?? 1) : (spec.minReplicas ?? spec.minReplicaCount ?? 1));
}

/** How many of `pods` may be down at once. */
function evictable({ spec: { minAvailable, maxUnavailable } }: PodDisruptionBudget, pods: number): number {
  // Kubernetes rounds percentages up in both cases.
  const count = (value: number | string) =>
    typeof value === 'number' ? value : Math.ceil((parseInt(value, 10) / 100) * pods);
  if (maxUnavailable !== undefined) return count(maxUnavailable);
  return minAvailable === undefined ? pods : pods - count(minAvailable);
}
