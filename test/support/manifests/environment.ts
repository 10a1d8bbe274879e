import type { ConfigMap, Container, EnvVar, Labels } from './kubernetes.js';
import type { Secrets } from './made-secrets.js';
import type { ManifestSet } from './manifest-set.js';

/** The environment of a container as its program would find it. */
export interface ContainerEnvironment {
  readonly variables: Labels;
  /** Given to this container alone, not through a ConfigMap that it shares. */
  readonly own: readonly string[];
  /** Of its own variables those that others are made of, as in `postgres://pipeline:$(PASSWORD)@postgres`. */
  readonly parts: ReadonlySet<string>;
  /** $(NAME) that stay as they are, since no such variable was given before. */
  readonly unresolved: readonly string[];
}

/** In place of a Secret's value that nobody knows here, or of a field of the pod. */
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
    // As Kubernetes does: $(NAME) of what was given before, $$( is a literal $(.
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
