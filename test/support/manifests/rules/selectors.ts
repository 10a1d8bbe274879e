import type { LabelSelector, PodDisruptionBudget, Service } from '../kubernetes.js';
import { selects } from '../label-selector.js';
import type { ManifestSet } from '../manifest-set.js';
import type { Rule } from '../rule.js';
import { idOf, NAME } from '../workload.js';

/** The selector of a workload is immutable, so it must not contain labels that may change. */
export const selectors: Rule = {
  name: 'selectors use only app.kubernetes.io/name and match the pods of one workload',
  violations: (set) => [
    ...set.workloads
      .filter(({ longRunning }) => longRunning)
      .flatMap(({ id, selector = {}, podLabels }) => [
        ...violationsOf(set, id, selector),
        ...(selects(selector, podLabels) ? [] : [`${id}: its selector does not match its own pods`]),
      ]),
    ...set
      .ofKind<Service>('Service')
      .flatMap((service) => violationsOf(set, idOf(service), { matchLabels: service.spec.selector })),
    ...set
      .ofKind<PodDisruptionBudget>('PodDisruptionBudget')
      .flatMap((budget) => violationsOf(set, idOf(budget), budget.spec.selector)),
  ],
};

function violationsOf(set: ManifestSet, id: string, selector: LabelSelector): string[] {
  const { matchLabels = {}, matchExpressions = [] } = selector;
  if (Object.keys(matchLabels).join() !== NAME || matchExpressions.length > 0) {
    return [`${id}: selects by something other than ${NAME}`];
  }
  const found = set.workloads.filter(({ podLabels }) => selects(selector, podLabels));
  return found.length === 1
    ? []
    : [`${id}: selects the pods of ${found.map((workload) => workload.id).join(' and ') || 'nothing'}`];
}
