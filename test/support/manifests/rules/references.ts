import type { Autoscaler, ConfigMap, Ingress, Manifest, RoleBinding, Service } from '../kubernetes.js';
import { selects } from '../label-selector.js';
import type { Secrets } from '../made-secrets.js';
import type { ManifestSet } from '../manifest-set.js';
import { referencesOf, type Reference } from '../references.js';
import type { Rule } from '../rule.js';
import { idOf } from '../workload.js';

/** @param secrets the Secrets that are created in the cluster */
export function references(secrets: Secrets): Rule {
  return {
    name: 'every reference resolves',
    violations: (set) => [
      ...set.workloads.flatMap((workload) =>
        referencesOf(workload).flatMap((reference) =>
          exists(set, secrets, reference) ? [] : [`${workload.id}: there is no ${describe(reference)}`],
        ),
      ),
      ...set.autoscalers().flatMap((item) => autoscalerViolations(set, item)),
      ...set.ofKind<RoleBinding>('RoleBinding').flatMap((item) => roleBindingViolations(set, item)),
      ...set.ofKind<Ingress>('Ingress').flatMap((item) => ingressViolations(set, item)),
    ],
  };
}

/** A port by name or number that every selected workload has. */
export const servicePorts: Rule = {
  name: 'every port of a Service is a port of its pods',
  violations: (set) =>
    set.ofKind<Service>('Service').flatMap(({ kind, metadata, spec: { selector, ports = [] } }) => {
      const behind = set.workloads.filter(({ podLabels }) => selects({ matchLabels: selector }, podLabels));
      const declared = behind.flatMap(({ containers }) => containers.flatMap((container) => container.ports ?? []));
      return ports
        .map(({ port, targetPort = port }) => targetPort)
        .filter((target) => !declared.some(({ name, containerPort }) => target === name || target === containerPort))
        .map((target) => `${kind}/${metadata.name}: none of its pods has the port ${target}`);
    }),
};

function exists(set: ManifestSet, secrets: Secrets, { kind, name, keys }: Reference): boolean {
  if (kind === 'Secret' && secrets[name]) return keys.every((key) => key in secrets[name]!);
  const found = set.find(kind, name);
  if (found === undefined || kind !== 'ConfigMap') return found !== undefined;
  const { data, binaryData } = found as ConfigMap;
  return keys.every((key) => key in { ...data, ...binaryData });
}

function describe({ kind, name, keys }: Reference): string {
  return `${kind} ${name}${keys.length > 0 ? ` with ${keys.join(', ')}` : ''}`;
}

function autoscalerViolations(set: ManifestSet, autoscaler: Autoscaler): string[] {
  const { kind = 'Deployment', name } = autoscaler.spec.scaleTargetRef;
  return violationUnless(set.find(kind, name), autoscaler, `${kind} ${name}`);
}

function roleBindingViolations(set: ManifestSet, binding: RoleBinding): string[] {
  return [binding.roleRef, ...(binding.subjects ?? [])].flatMap(({ kind, name }) =>
    violationUnless(set.find(kind, name), binding, `${kind} ${name}`),
  );
}

function ingressViolations(set: ManifestSet, ingress: Ingress): string[] {
  const backends = (ingress.spec.rules ?? []).flatMap(({ http }) =>
    (http?.paths ?? []).map(({ backend }) => backend.service),
  );
  return backends.flatMap((backend) => {
    if (backend === undefined) return [];
    const ports = set.find<Service>('Service', backend.name)?.spec.ports ?? [];
    const { name, number } = backend.port;
    const found = ports.find((port) => (name === undefined ? port.port === number : port.name === name));
    return violationUnless(found, ingress, `Service ${backend.name} with the port ${name ?? number}`);
  });
}

function violationUnless(found: unknown, manifest: Manifest, what: string): string[] {
  return found === undefined ? [`${idOf(manifest)}: there is no ${what}`] : [];
}
