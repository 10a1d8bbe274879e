import type {
  Container,
  Labels,
  LabelSelector,
  Manifest,
  PersistentVolumeClaim,
  PodSpec,
  PodTemplate,
} from './kubernetes.js';

export const NAME = 'app.kubernetes.io/name';

/** The same view of every object that creates pods: a Deployment, a StatefulSet, a DaemonSet, a Job and a CronJob. */
export interface Workload {
  /** For example 'Deployment/consumer'. */
  readonly id: string;
  readonly manifest: Manifest;
  /** Whether its pods run until they are stopped. */
  readonly longRunning: boolean;
  readonly stateful: boolean;
  /** Absent if Kubernetes or an autoscaler decides. */
  readonly replicas?: number;
  readonly selector?: LabelSelector;
  /** StatefulSet only. */
  readonly serviceName?: string;
  readonly claims: readonly PersistentVolumeClaim[];
  readonly podLabels: Labels;
  readonly podAnnotations: Labels;
  readonly pod: PodSpec;
  /** Including init containers. */
  readonly containers: readonly Container[];
}

interface WorkloadSpec {
  readonly replicas?: number;
  readonly selector?: LabelSelector;
  readonly serviceName?: string;
  readonly volumeClaimTemplates?: readonly PersistentVolumeClaim[];
  readonly template: PodTemplate;
}

const LONG_RUNNING = ['Deployment', 'StatefulSet', 'DaemonSet'];

/** @returns undefined if the object creates no pods */
export function workloadOf(manifest: Manifest): Workload | undefined {
  const spec = specOf(manifest);
  if (spec === undefined) return undefined;
  const { template } = spec;
  return {
    id: idOf(manifest),
    manifest,
    longRunning: LONG_RUNNING.includes(manifest.kind),
    stateful: manifest.kind === 'StatefulSet',
    replicas: spec.replicas,
    selector: spec.selector,
    serviceName: spec.serviceName,
    claims: spec.volumeClaimTemplates ?? [],
    podLabels: template.metadata?.labels ?? {},
    podAnnotations: template.metadata?.annotations ?? {},
    pod: template.spec,
    containers: [...(template.spec.initContainers ?? []), ...template.spec.containers],
  };
}

function specOf(manifest: Manifest): WorkloadSpec | undefined {
  if (manifest.kind === 'CronJob') {
    return (manifest as Manifest & { spec: { jobTemplate: { spec: WorkloadSpec } } }).spec.jobTemplate.spec;
  }
  if (manifest.kind !== 'Job' && !LONG_RUNNING.includes(manifest.kind)) return undefined;
  return (manifest as Manifest & { spec: WorkloadSpec }).spec;
}

export function idOf({ kind, metadata }: Manifest): string {
  return `${kind}/${metadata.name}`;
}
