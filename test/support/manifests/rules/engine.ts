import { environmentOf } from '../environment.js';
import type { ManifestSet } from '../manifest-set.js';
import type { Rule } from '../rule.js';

/** The gateway would report a fault where there is none, or overlook one. */
export const engine: Rule = {
  name: 'the gateway expects the running engines',
  violations: (set) => {
    const gateway = set.workload('gateway');
    if (gateway === undefined) return [];
    const expected = environmentOf(set, gateway.pod.containers[0]!).variables.PIPELINE_ENGINE ?? 'consumer';
    const running = runningEngine(set);
    return expected === running
      ? []
      : [`${gateway.id}: PIPELINE_ENGINE is ${expected}, but the manifests run ${running}`];
  },
};

function runningEngine(set: ManifestSet): string {
  const runs = (name: string) => (set.workload(name)?.replicas ?? (set.workload(name) ? 1 : 0)) > 0;
  const follows = set.workload('spark-job')?.pod.containers.some(({ args = [] }) => args.includes('--follow'));
  if (!runs('spark-job')) return runs('consumer') ? 'consumer' : 'nothing';
  if (follows) return runs('consumer') ? 'both' : 'a follower without a consumer';
  return runs('consumer') ? 'a second live writer' : 'spark';
}
