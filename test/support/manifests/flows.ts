import { addressesOf, listenersAt } from './addresses.js';
import type { Labels, NetworkPolicy } from './kubernetes.js';
import type { ManifestSet } from './manifest-set.js';
import { Reachability, type Party, type Port } from './reachability.js';
import type { Workload } from './workload.js';

/** An allowed connection, such as 'consumer > kafka:9092'. */
export type Flow = string;

const NAMESPACE = 'messaging';
/** A port that no container has. */
const UNDECLARED = 50_000;
/** Ports outside of the namespace: HTTP, the metadata server of GKE, HTTPS, the API server, PostgreSQL. */
const OUTSIDE_PORTS = [80, 988, 443, 6443, 8443, 16443, 5432, UNDECLARED];

const namespaced = (name: string): Labels => ({ 'kubernetes.io/metadata.name': name });
const stranger = (namespace: string): Party => ({
  name: `any pod in ${namespace}`,
  pod: { labels: {}, namespace: namespaced(namespace), ports: [] },
});

/** Parties that represent everything outside of the manifests. */
const OUTSIDERS: readonly Party[] = [
  ...['default', 'gmp-system', 'keda', 'monitoring'].map(stranger),
  { name: 'internet', ip: '198.51.100.1' },
  { name: 'private network', ip: '10.1.2.3' },
  { name: 'metadata', ip: '169.254.169.254' },
];

const DNS: readonly Port[] = [
  { number: 53, protocol: 'UDP' },
  { number: 53, protocol: 'TCP' },
];

function partyOf({ manifest, podLabels, containers }: Workload): Party {
  return {
    name: manifest.metadata.name,
    pod: {
      labels: podLabels,
      namespace: namespaced(NAMESPACE),
      ports: containers.flatMap(({ ports = [] }) => ports),
    },
  };
}

function reachabilityOf(set: ManifestSet): Reachability {
  return new Reachability(set.ofKind<NetworkPolicy>('NetworkPolicy'), NAMESPACE);
}

/** Every connection between any two parties that the policies allow, at every declared port and one unknown port. */
export function allowedFlows(set: ManifestSet): Flow[] {
  const reachability = reachabilityOf(set);
  const inside = set.workloads.map(partyOf);
  const pairs = [...inside, ...OUTSIDERS].flatMap((from) =>
    [...inside, ...OUTSIDERS]
      .filter((to) => inside.includes(from) || inside.includes(to))
      .map((to) => [from, to] as const),
  );
  return pairs.flatMap(([from, to]) =>
    portsToAsk(to)
      .filter((number) => reachability.reaches(from, to, { number, protocol: 'TCP' }))
      .map((port) => flow(from.name, to.name, port)),
  );
}

function portsToAsk({ name, pod }: Party): readonly number[] {
  if (OUTSIDERS.some((outsider) => outsider.name === name)) return OUTSIDE_PORTS;
  return [...new Set((pod?.ports ?? []).map(({ containerPort }) => containerPort)), UNDECLARED];
}

/** Workloads that cannot resolve DNS names. */
export function withoutDns(set: ManifestSet): string[] {
  const reachability = reachabilityOf(set);
  return set.workloads
    .map(partyOf)
    .filter((from) => !OUTSIDERS.every((to) => DNS.every((port) => reachability.reaches(from, to, port))))
    .map(({ name }) => name);
}

/** The connections of workloads to the addresses in their variables and arguments. */
export function toldFlows(set: ManifestSet): Flow[] {
  return set.workloads.flatMap((from) =>
    addressesOf(set, from).flatMap((address) =>
      listenersAt(set, address).map(({ workload, port }) =>
        flow(from.manifest.metadata.name, workload.manifest.metadata.name, port),
      ),
    ),
  );
}

/** Expands 'a, b > c, d:1, 2' to a flow for each combination; the port `*` means all ports, even those without a listener. */
export function spelledOut(set: ManifestSet, text: string): Flow[] {
  const [, from = '', to = '', ports = ''] = /^(.+) > (.+):(.+)$/.exec(text) ?? [];
  const names = to.split(', ');
  const parties = [...set.workloads.map(partyOf), ...OUTSIDERS];
  return from
    .split(', ')
    .flatMap((sender) =>
      parties
        .filter(({ name }) => names.includes(name))
        .flatMap((receiver) =>
          (ports === '*' ? portsToAsk(receiver) : ports.split(', ')).map((port) => flow(sender, receiver.name, port)),
        ),
    );
}

function flow(from: string, to: string, port: number | string): Flow {
  return `${from} > ${to}:${port}`;
}
