import type { ConfigMap, Container, EnvVar, Labels } from './kubernetes.js';
import type { Secrets } from './made-secrets.js';
import type { ManifestSet } from './manifest-set.js';

/** The environment of a container as its program would find it. */
export interface ContainerEnvironment {
  readonly variables: Labels;
  /** Whether it is set for this container only, not by a shared ConfigMap. */
  readonly own: readonly string[];
  /** Its own variables that other variables refer to, as in `postgresql://pipeline:$(PASSWORD)@postgres`. */
  readonly parts: ReadonlySet<string>;
  /** References $(NAME) that are not replaced, as no such variable is defined before. */
  readonly unresolved: readonly string[];
}

/** Replaces an unknown value of a Secret or of a pod field. */
const DUMMY = 'x'.repeat(20);

export function environmentOf(set: ManifestSet, container: Container, secrets: Secrets = {}): ContainerEnvironment {
  const variables: Record<string, string> = {};
  for (const { configMapRef, secretRef, prefix = '' } of container.envFrom ?? []) {
    const data = configMapRef ? configMapData(set, configMapRef.name) : secrets[secretRef?.name ?? ''];
    for (const [name, value] of Object.entries(data ?? {})) variables[prefix + name] = value;
  }
  const parts = new Set<string>();
  const unresolved: string[] = [];
  for (const variable of container.env ?? []) {
    const secret = variable.valueFrom?.secretKeyRef;
    // As in Kubernetes: without the Secret the variable is not set.
    if (secret?.optional && secrets[secret.name]?.[secret.key] === undefined) continue;
    // As in Kubernetes: $(NAME) refers to an earlier variable, and $$( is a literal $(.
    variables[variable.name] = valueOf(set, variable, secrets).replace(
      /\$\$|\$\(([A-Za-z_][A-Za-z0-9_]*)\)/g,
      (text, name: string | undefined) => {
        if (name === undefined) return '$';
        parts.add(name);
        if (variables[name] === undefined) unresolved.push(name);
        return variables[name] ?? text;
      },
    );
  }
  return { variables, own: (container.env ?? []).map(({ name }) => name), parts, unresolved };
}

function valueOf(set: ManifestSet, { value, valueFrom }: EnvVar, secrets: Secrets): string {
  const { secretKeyRef, configMapKeyRef } = valueFrom ?? {};
  if (secretKeyRef) return secrets[secretKeyRef.name]?.[secretKeyRef.key] ?? DUMMY;
  if (configMapKeyRef) return configMapData(set, configMapKeyRef.name)?.[configMapKeyRef.key] ?? '';
  return valueFrom === undefined ? (value ?? '') : DUMMY;
}

function configMapData(set: ManifestSet, name: string): Labels | undefined {
  return set.find<ConfigMap>('ConfigMap', name)?.data;
}
