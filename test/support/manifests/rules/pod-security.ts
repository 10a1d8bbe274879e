import type { Container, Manifest, PodSpec, SecurityContext, Volume } from '../kubernetes.js';
import type { Rule } from '../rule.js';
import { idOf } from '../workload.js';

/** The kinds of volumes that the profile `restricted` allows. */
const VOLUMES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
];
/** Allowed kernel settings that are used here. */
const SYSCTLS = ['net.ipv4.ip_unprivileged_port_start'];
/** Kinds without a namespace. */
const OF_THE_CLUSTER = [
  'Namespace',
  'StorageClass',
  'PersistentVolume',
  'ClusterRole',
  'ClusterRoleBinding',
  'PriorityClass',
];

/** Pod Security Standard `restricted` (kubernetes.io/docs/concepts/security/pod-security-standards), and a read-only root. */
export const podSecurity: Rule = {
  name: 'pods follow the Pod Security Standard `restricted`, with a read-only root file system',
  violations: (set) =>
    set.workloads.flatMap(({ id, pod, containers }) => [
      ...violationsOfPod(pod).map((violation) => `${id}: ${violation}`),
      ...containers.flatMap((container) =>
        violationsOfContainer(pod, container).map((violation) => `${id}, container ${container.name}: ${violation}`),
      ),
    ]),
};

export const namespace: Rule = {
  name: 'everything is in one namespace, which enforces `restricted`',
  violations: (set) => {
    const namespaces = set.ofKind('Namespace');
    return [
      ...(namespaces.length === 1 ? [] : [`${namespaces.length} namespaces`]),
      ...namespaces
        .filter((item) => !enforcesRestricted(item))
        .map((item) => `${idOf(item)}: does not enforce restricted`),
      ...set.manifests
        .filter(({ kind }) => !OF_THE_CLUSTER.includes(kind))
        .filter(({ metadata }) => metadata.namespace !== namespaces[0]?.metadata.name)
        .map((item) => `${idOf(item)}: is in the namespace ${item.metadata.namespace}`),
    ];
  },
};

function enforcesRestricted({ metadata }: Manifest): boolean {
  return metadata.labels?.['pod-security.kubernetes.io/enforce'] === 'restricted';
}

function violationsOfPod(pod: PodSpec): string[] {
  const { hostNetwork, hostPID, hostIPC } = pod;
  const sysctls = (pod.securityContext?.sysctls ?? []).filter(({ name }) => !SYSCTLS.includes(name));
  const volumes = (pod.volumes ?? []).filter((volume) => !VOLUMES.includes(kindOf(volume)));
  return [
    ...Object.entries({ hostNetwork, hostPID, hostIPC }).flatMap(([name, value]) => (value ? [`has ${name}`] : [])),
    ...(pod.enableServiceLinks === false
      ? []
      : ['its environment includes variables of Services (enableServiceLinks)']),
    ...sysctls.map(({ name }) => `sets ${name}`),
    ...volumes.map((volume) => `volume ${volume.name}: ${kindOf(volume)}`),
  ];
}

function kindOf(volume: Volume): string {
  // A volume without a source is an emptyDir.
  return Object.keys(volume).find((key) => key !== 'name') ?? 'emptyDir';
}

function violationsOfContainer(pod: PodSpec, container: Container): string[] {
  const context: SecurityContext = { ...pod.securityContext, ...container.securityContext };
  const { runAsUser, capabilities } = context;
  const checks: Record<string, boolean> = {
    'may run as root (runAsNonRoot)': context.runAsNonRoot === true,
    'has no runAsUser, or runs as root': runAsUser !== undefined && runAsUser > 0,
    'has a seccompProfile other than RuntimeDefault': context.seccompProfile?.type === 'RuntimeDefault',
    'may gain privileges (allowPrivilegeEscalation)': context.allowPrivilegeEscalation === false,
    'is privileged': !context.privileged,
    'does not drop all capabilities': capabilities?.drop?.includes('ALL') === true,
    'adds capabilities': (capabilities?.add ?? []).length === 0,
    'has an unmasked /proc (procMount)': (context.procMount ?? 'Default') === 'Default',
    'can write to its root file system': context.readOnlyRootFilesystem === true,
    'uses a port of its host': !container.ports?.some(({ hostPort }) => hostPort !== undefined),
  };
  return Object.entries(checks).flatMap(([violation, holds]) => (holds ? [] : [violation]));
}
