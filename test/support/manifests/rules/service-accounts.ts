import type { ServiceAccount } from '../kubernetes.js';
import type { Rule } from '../rule.js';
import { idOf, NAME } from '../workload.js';

export const serviceAccounts: Rule = {
  name: 'every component has its own service account, and no pod gets a token for the API server',
  violations: (set) => [
    ...set.workloads.flatMap(({ id, pod, podLabels }) => {
      const account = pod.serviceAccountName;
      const sharing = set.workloads.filter(
        (other) => other.pod.serviceAccountName === account && other.podLabels[NAME] !== podLabels[NAME],
      );
      return [
        ...(pod.automountServiceAccountToken === false ? [] : [`${id}: its pods get a token for the API server`]),
        ...(account === undefined || account === 'default' ? [`${id}: has no service account of its own`] : []),
        ...sharing.map((other) => `${id}: shares its service account with ${other.id}`),
      ];
    }),
    ...set
      .ofKind<ServiceAccount>('ServiceAccount')
      .filter(({ automountServiceAccountToken }) => automountServiceAccountToken !== false)
      .map((account) => `${idOf(account)}: mounts its token into pods`),
  ],
};
