import type { Labels, NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from './kubernetes.js';
import { selects } from './label-selector.js';

/** One side of a connection: a pod, or an address outside. */
export interface Party {
  readonly name: string;
  /** Pods only. */
  readonly pod?: {
    readonly labels: Labels;
    /** Labels of its namespace. */
    readonly namespace: Labels;
    readonly ports: readonly { readonly name?: string; readonly containerPort: number; readonly protocol?: string }[];
  };
  /** Only for parties that are not pods: addresses of pods are not known in advance, and IP blocks do not apply to them. */
  readonly ip?: string;
}

export interface Port {
  readonly number: number;
  readonly protocol: 'TCP' | 'UDP';
}

const NAMESPACE = 'kubernetes.io/metadata.name';

/** Evaluates connections by the NetworkPolicies of one namespace (kubernetes.io/docs/concepts/services-networking/network-policies). */
export class Reachability {
  constructor(
    private readonly policies: readonly NetworkPolicy[],
    private readonly namespace: string,
  ) {}

  /** The sender must be allowed to send, and the receiver to receive. */
  reaches(from: Party, to: Party, port: Port): boolean {
    const sends = this.allows('Egress', from, ({ egress = [] }) =>
      egress.some((rule) => this.names(rule.to, to) && hasPort(rule.ports, to, port)),
    );
    const receives = this.allows('Ingress', to, ({ ingress = [] }) =>
      ingress.some((rule) => this.names(rule.from, from) && hasPort(rule.ports, to, port)),
    );
    return sends && receives;
  }

  /** If no policy for this direction selects the party, everything is allowed. Otherwise one policy must allow it. */
  private allows(
    direction: 'Ingress' | 'Egress',
    { pod }: Party,
    allowedBy: (spec: NetworkPolicy['spec']) => boolean,
  ): boolean {
    if (pod === undefined || pod.namespace[NAMESPACE] !== this.namespace) return true;
    const specs = this.policies
      .map(({ spec }) => spec)
      .filter((spec) => selects(spec.podSelector, pod.labels) && directionsOf(spec).includes(direction));
    return specs.length === 0 || specs.some(allowedBy);
  }

  private names(peers: readonly NetworkPolicyPeer[] = [], party: Party): boolean {
    return peers.length === 0 || peers.some((peer) => this.isPeer(peer, party));
  }

  private isPeer({ ipBlock, namespaceSelector, podSelector = {} }: NetworkPolicyPeer, { pod, ip }: Party): boolean {
    if (ipBlock !== undefined) {
      return ip !== undefined && inBlock(ip, ipBlock.cidr) && !ipBlock.except?.some((cidr) => inBlock(ip, cidr));
    }
    const ofNamespace = namespaceSelector ?? { matchLabels: { [NAMESPACE]: this.namespace } };
    return pod !== undefined && selects(ofNamespace, pod.namespace) && selects(podSelector, pod.labels);
  }
}

function directionsOf({ policyTypes, egress }: NetworkPolicy['spec']): readonly string[] {
  return policyTypes ?? (egress === undefined ? ['Ingress'] : ['Ingress', 'Egress']);
}

function hasPort(ports: readonly NetworkPolicyPort[] = [], { pod }: Party, { number, protocol }: Port): boolean {
  if (ports.length === 0) return true;
  return ports.some(({ port, endPort, protocol: allowed = 'TCP' }) => {
    if (allowed !== protocol) return false;
    if (typeof port !== 'string') return port === undefined || (number >= port && number <= (endPort ?? port));
    return (pod?.ports ?? []).some(
      (declared) =>
        declared.name === port && declared.containerPort === number && (declared.protocol ?? 'TCP') === protocol,
    );
  });
}

/** IPv4 only. */
function inBlock(ip: string, cidr: string): boolean {
  const [network = '', bits = '32'] = cidr.split('/');
  const shift = 2 ** (32 - Number(bits));
  return Math.floor(asNumber(ip) / shift) === Math.floor(asNumber(network) / shift);
}

function asNumber(ip: string): number {
  return ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}
