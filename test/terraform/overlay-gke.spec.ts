import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { renderOverlay } from '../../tools/k8s/renderings.js';
import { parseImage } from '../support/manifests/image.js';
import type { PersistentVolume, PersistentVolumeClaim } from '../support/manifests/kubernetes.js';
import { ManifestSet } from '../support/manifests/manifest-set.js';
import type { Workload } from '../support/manifests/workload.js';
import { planned, testRuns } from '../support/terraform/terraform.js';

/** deploy/terraform and deploy/k8s/overlays/gke are connected only by names: this compares the outputs of one with the uses in the other. */

const [{ plan } = {}] = await testRuns('-filter=tests/identity.tftest.hcl');
if (plan === undefined) throw new Error('terraform test produced no plan');
const output = (name: string) => String(plan.output_changes[name]?.after);

const overlay = ManifestSet.parse(await renderOverlay('gke', output('settings')));
const buckets = planned<{ name: string }>(plan, 'google_storage_bucket').map(({ name }) => name);
const bindings = planned<{ bucket: string; role: string; member: string }>(plan, 'google_storage_bucket_iam_member');
const [spark] = planned<{ name: string; node_config: [NodeConfig] }>(plan, 'google_container_node_pool').filter(
  ({ name }) => name === 'spark-pool',
);

interface NodeConfig {
  readonly labels: Readonly<Record<string, string>>;
  readonly taint: readonly { readonly key: string; readonly value: string; readonly effect: string }[];
}

/** The buckets that the pods of a workload mount, and whether they mount them read-only. */
function bucketsOf({ pod, containers }: Workload): { bucket: string; readOnly: boolean }[] {
  return (pod.volumes ?? []).flatMap(({ name, persistentVolumeClaim }) => {
    const claim = overlay.find<PersistentVolumeClaim>('PersistentVolumeClaim', persistentVolumeClaim?.claimName ?? '');
    const volume = overlay.find<PersistentVolume>('PersistentVolume', claim?.spec.volumeName ?? '');
    if (volume?.spec.csi?.driver !== 'gcsfuse.csi.storage.gke.io') return [];
    const mounts = containers.flatMap(({ volumeMounts = [] }) => volumeMounts.filter((mount) => mount.name === name));
    return [{ bucket: volume.spec.csi.volumeHandle, readOnly: mounts.every(({ readOnly }) => readOnly === true) }];
  });
}

const used = overlay.workloads.flatMap((workload) =>
  bucketsOf(workload).map(({ bucket, readOnly }) => ({
    bucket,
    role: readOnly ? 'roles/storage.objectViewer' : 'roles/storage.objectUser',
    serviceAccount: `ns/${workload.manifest.metadata.namespace}/sa/${workload.pod.serviceAccountName}`,
  })),
);
const lines = (rights: readonly { bucket: string; role: string; serviceAccount: string }[]) =>
  [...new Set(rights.map(({ bucket, role, serviceAccount }) => `${serviceAccount}: ${role} of ${bucket}`))].sort();

describe('the outputs of Terraform match the overlay gke', () => {
  it('names: every line of settings.env, and no other', () => {
    const example = parseEnv(readFileSync('deploy/k8s/overlays/gke/settings.example.env', 'utf8'));
    expect(Object.keys(parseEnv(output('settings')))).toEqual(Object.keys(example));
  });

  it('the registry and the tag of our images', () => {
    const images = overlay.workloads.flatMap(({ containers }) => containers.map(({ image = '' }) => image));
    const own = images.filter((image) => image.startsWith(`${output('registry')}/`)).map(parseImage);
    expect([...new Set(own.map(({ name }) => name))].sort()).toEqual([
      'consumer',
      'gateway',
      'mart-init',
      'producer',
      'spark',
    ]);
    expect([...new Set(own.map(({ tag }) => tag))]).toEqual([parseEnv(output('settings')).TAG]);
  });

  it('every bucket is mounted, and nothing else', () => {
    expect([...new Set(used.map(({ bucket }) => bucket))].sort()).toEqual([...buckets].sort());
  });

  it('rights in buckets: each workload that has a volume those that it needs, and nobody others', () => {
    const given = bindings.map(({ bucket, role, member }) => ({
      bucket,
      role,
      serviceAccount: /\.svc\.id\.goog\/subject\/(.+)$/.exec(member)?.[1] ?? member,
    }));
    expect(lines(given)).toEqual(lines(used));
  });

  it('the namespace', () => {
    expect(overlay.find('Namespace', output('namespace'))).toBeDefined();
  });

  it("the label and the taint of Spark's nodes", () => {
    const { labels, taint } = spark!.node_config[0];
    const onSpark = overlay.workloads.filter(({ pod }) => pod.nodeSelector !== undefined);
    expect(onSpark.map(({ manifest }) => manifest.metadata.name).sort()).toEqual([
      'spark-job',
      'spark-master',
      'spark-worker',
    ]);
    const effects: Readonly<Record<string, string>> = { NO_SCHEDULE: 'NoSchedule' };
    const tolerations = taint.map(({ key, value, effect }) => ({
      key,
      operator: 'Equal',
      value,
      effect: effects[effect],
    }));
    for (const { pod } of onSpark) {
      expect(labels).toMatchObject(pod.nodeSelector!);
      expect(pod.tolerations).toEqual(tolerations);
    }
  });
});
