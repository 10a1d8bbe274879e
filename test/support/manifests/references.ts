import type { Container, Volume } from './kubernetes.js';
import type { Workload } from './workload.js';

/** Another object that a workload requires. */
export interface Reference {
  readonly kind: 'ConfigMap' | 'PersistentVolumeClaim' | 'Secret' | 'Service' | 'ServiceAccount';
  readonly name: string;
  /** Keys that it must have. */
  readonly keys: readonly string[];
}

type Kind = Reference['kind'];

export function referencesOf({ pod, containers, serviceName }: Workload): Reference[] {
  return [
    ...reference('ServiceAccount', pod.serviceAccountName),
    ...reference('Service', serviceName),
    ...containers.flatMap(ofEnvironment),
    ...(pod.volumes ?? []).flatMap(ofVolume),
  ];
}

function ofEnvironment({ env = [], envFrom = [] }: Container): Reference[] {
  return [
    ...envFrom.flatMap(({ configMapRef, secretRef }) => [
      ...reference('ConfigMap', configMapRef?.name, [], configMapRef?.optional),
      ...reference('Secret', secretRef?.name, [], secretRef?.optional),
    ]),
    ...env.flatMap(({ valueFrom: { configMapKeyRef, secretKeyRef } = {} }) => [
      ...reference('ConfigMap', configMapKeyRef?.name, [configMapKeyRef?.key ?? ''], configMapKeyRef?.optional),
      ...reference('Secret', secretKeyRef?.name, [secretKeyRef?.key ?? ''], secretKeyRef?.optional),
    ]),
  ];
}

function ofVolume({ persistentVolumeClaim, projected, ...source }: Volume): Reference[] {
  return [
    ...reference('PersistentVolumeClaim', persistentVolumeClaim?.claimName),
    ...[source, ...(projected?.sources ?? [])].flatMap(({ configMap, secret }) => [
      ...reference('ConfigMap', configMap?.name, keys(configMap?.items), configMap?.optional),
      ...reference('Secret', secret?.secretName ?? secret?.name, keys(secret?.items), secret?.optional),
    ]),
  ];
}

function keys(items: readonly { readonly key: string }[] = []): string[] {
  return items.map(({ key }) => key);
}

function reference(kind: Kind, name: string | undefined, keys: readonly string[] = [], optional = false): Reference[] {
  return name === undefined || optional ? [] : [{ kind, name, keys }];
}
