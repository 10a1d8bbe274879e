import { describe, expect, it } from '@jest/globals';
import { allowedFlows, spelledOut, toldFlows, withoutDns } from '../support/manifests/flows.js';
import type { NetworkPolicy } from '../support/manifests/kubernetes.js';
import { ManifestSet } from '../support/manifests/manifest-set.js';
import { rendering, RENDERINGS } from '../support/manifests/rendered.js';

/** Connections that must be allowed in addition to those in variables and arguments. Everything else must be denied. */
const FLOWS = [
  // Clients of Kafka connect to all brokers; brokers replicate and vote.
  'kafka > kafka:9092, 9093',
  // pgAdmin reads its server from a file.
  'pgadmin > postgres:5432',
  // Executors read and write for the job.
  'spark-worker > kafka:9092',
  'spark-worker > postgres:5432',
  // Executors and drivers listen on any free port.
  'spark-master, spark-worker, spark-job > spark-master, spark-worker, spark-job:*',
  // The API server has no fixed address.
  'secrets > internet, private network, metadata, any pod in default, any pod in gmp-system, any pod in keda, any pod in monitoring:443, 6443, 8443, 16443',
  // Open to users.
  'any pod in default, any pod in gmp-system, any pod in keda, any pod in monitoring, internet, private network, metadata > gateway:3000',
  'any pod in default, any pod in gmp-system, any pod in keda, any pod in monitoring, internet, private network, metadata > pgadmin:80',
];

/** These have Kafka's address in the shared settings but do not use it. */
const NOT_USED = ['mart-init > kafka:9092'];

const FLOWS_OF: Readonly<Record<string, readonly string[]>> = {
  'component-keda': ['any pod in keda > kafka:9092'],
  'component-managed-prometheus': [
    'any pod in gmp-system > producer, consumer, gateway, spark-job:3000',
    'any pod in gmp-system > spark-master:8080',
    'any pod in gmp-system > spark-worker:8081',
  ],
  'component-monitoring': [
    'any pod in monitoring > producer, consumer, spark-job:3000',
    'any pod in monitoring > spark-master:8080',
    'any pod in monitoring > spark-worker:8081',
  ],
  'component-read-server': ['gateway > private network:5432'],
  // A container in the pod mounts the buckets.
  'overlay-gke': [
    'producer, mart-init, mart-backup, mart-restore, spark-job > metadata:80, 988',
    'producer, mart-init, mart-backup, mart-restore, spark-job > internet, private network, metadata, any pod in default, any pod in gmp-system, any pod in keda, any pod in monitoring:443',
  ],
};

describe.each(RENDERINGS)('%s', (name, set) => {
  it('allow required connections and deny everything else', () => {
    const listed = [...FLOWS, ...(FLOWS_OF[name] ?? [])].flatMap((text) => spelledOut(set, text));
    const told = toldFlows(set).filter((flow) => !NOT_USED.includes(flow));
    expect(sorted(allowedFlows(set))).toEqual(sorted([...told, ...listed]));
  });

  it('deny all other traffic of every pod, in and out', () => {
    const policies = set.ofKind<NetworkPolicy>('NetworkPolicy').map(({ spec }) => spec);
    expect(policies).toContainEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
  });

  it('allow DNS for every pod', () => {
    expect(withoutDns(set)).toEqual([]);
  });
});

describe('of all manifests', () => {
  const all = rendering('all');
  const without = (policy: string) =>
    new ManifestSet(all.manifests.filter(({ kind, metadata }) => kind !== 'NetworkPolicy' || metadata.name !== policy));
  const withPolicy = (spec: NetworkPolicy['spec']) =>
    new ManifestSet([...all.manifests, { ...all.ofKind<NetworkPolicy>('NetworkPolicy')[0]!, spec } as NetworkPolicy]);
  const differences = (set: ManifestSet) => {
    const [before, after] = [allowedFlows(all), allowedFlows(set)];
    return [before.filter((flow) => !after.includes(flow)), after.filter((flow) => !before.includes(flow))];
  };

  it('a missing policy of the consumer is detected', () => {
    expect(differences(without('consumer'))).toEqual([['consumer > kafka:9092', 'consumer > postgres:5432'], []]);
  });

  it('a missing policy for DNS is detected', () => {
    expect(withoutDns(without('allow-dns'))).toEqual(all.workloads.map(({ manifest }) => manifest.metadata.name));
  });

  it('an additional policy is detected', () => {
    const spec = {
      podSelector: {},
      ingress: [{ ports: [{ port: 'postgres' }] }],
      egress: [{ ports: [{ port: 5432 }] }],
    };
    expect(differences(withPolicy(spec))[1]).toContain('producer > postgres:5432');
  });
});

function sorted(flows: readonly string[]): string[] {
  return [...new Set(flows)].sort();
}
