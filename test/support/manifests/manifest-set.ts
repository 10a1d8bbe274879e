import { parseManifests } from '../../../tools/k8s/manifests-text.js';
import type { Autoscaler, Manifest } from './kubernetes.js';
import { workloadOf, type Workload } from './workload.js';

/** Objects that are applied together. */
export class ManifestSet {
  readonly workloads: readonly Workload[];

  constructor(readonly manifests: readonly Manifest[]) {
    this.workloads = manifests.flatMap((manifest) => workloadOf(manifest) ?? []);
  }

  static parse(yaml: string): ManifestSet {
    return new ManifestSet(parseManifests(yaml) as Manifest[]);
  }

  ofKind<T extends Manifest>(kind: string): T[] {
    return this.manifests.filter((manifest): manifest is T => manifest.kind === kind);
  }

  find<T extends Manifest>(kind: string, name: string): T | undefined {
    return this.ofKind<T>(kind).find(({ metadata }) => metadata.name === name);
  }

  workload(name: string): Workload | undefined {
    return this.workloads.find(({ manifest }) => manifest.metadata.name === name);
  }

  autoscalers(): Autoscaler[] {
    return [...this.ofKind<Autoscaler>('HorizontalPodAutoscaler'), ...this.ofKind<Autoscaler>('ScaledObject')];
  }

  /** Includes KEDA's, whose default kind is Deployment. */
  autoscalerOf({ manifest }: Workload): Autoscaler | undefined {
    return this.autoscalers().find(
      ({ spec: { scaleTargetRef: target } }) =>
        target.name === manifest.metadata.name && (target.kind ?? 'Deployment') === manifest.kind,
    );
  }
}
