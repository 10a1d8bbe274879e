import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { OWN_IMAGES } from '../support/manifests/apps.js';
import { parseImage } from '../support/manifests/image.js';
import type { NetworkPolicy, PersistentVolume, PersistentVolumeClaim } from '../support/manifests/kubernetes.js';
import { selects } from '../support/manifests/label-selector.js';
import { rendering } from '../support/manifests/rendered.js';
import type { Workload } from '../support/manifests/workload.js';

const set = rendering('overlay-gke');
const settings = parseEnv(readFileSync('deploy/k8s/overlays/gke/settings.example.env', 'utf8'));
const BUCKETS = ['message-files', 'mart-backups', 'spark-checkpoints'];

const namesOf = (workloads: readonly Workload[]) => workloads.map(({ manifest }) => manifest.metadata.name).sort();
const isSpark = ({ manifest }: Workload) => manifest.metadata.name.startsWith('spark-');
const volumesOf = ({ pod }: Workload, claims: readonly string[]) =>
  (pod.volumes ?? []).filter(({ persistentVolumeClaim: claim }) => claims.includes(claim?.claimName ?? ''));

describe('settings.env', () => {
  it('sets registry and tag of our images', () => {
    const images = set.workloads.flatMap(({ containers }) => containers.map(({ image = '' }) => image));
    const own = [...new Set(images)].filter((image) => OWN_IMAGES.includes(parseImage(image).name)).sort();
    const names = own.map((image) => parseImage(image).name);
    expect(names).toEqual(OWN_IMAGES.filter((name) => name !== 'sample-data').sort());
    expect(own).toEqual(names.map((name) => `${settings.REGISTRY}/${name}:${settings.TAG}`));
  });

  it('sets the buckets', () => {
    const volumes = set.ofKind<PersistentVolume>('PersistentVolume').map(({ spec }) => spec.csi?.volumeHandle);
    const buckets = [settings.BACKUPS_BUCKET, settings.CHECKPOINTS_BUCKET, settings.FILES_BUCKET];
    expect(volumes.sort()).toEqual(buckets.sort());
  });

  it('is not applied itself', () => {
    expect(set.find('ConfigMap', 'gke-settings')).toBeUndefined();
  });
});

it('only Spark runs on the nodes for Spark', () => {
  const dedicated = set.workloads.filter(({ pod }) => pod.nodeSelector?.dedicated === 'spark');
  const tolerating = set.workloads.filter(({ pod }) => pod.tolerations?.some(({ key }) => key === 'dedicated'));
  const spark = namesOf(set.workloads.filter(isSpark));
  expect(spark).toEqual(['spark-job', 'spark-master', 'spark-worker']);
  expect([namesOf(dedicated), namesOf(tolerating)]).toEqual([spark, spark]);
});

it('no pod writes to the bucket of the message files', () => {
  expect(set.find<PersistentVolume>('PersistentVolume', 'messaging-message-files')?.spec).toMatchObject({
    accessModes: ['ReadOnlyMany'],
    csi: { readOnly: true },
  });
  const mounts = set.workloads.flatMap((workload) => {
    const names = volumesOf(workload, ['message-files']).map(({ name }) => name);
    return workload.containers.flatMap(({ volumeMounts = [] }) =>
      volumeMounts.filter(({ name }) => names.includes(name)),
    );
  });
  expect(mounts.map(({ readOnly }) => readOnly)).toEqual([true, true]);
  const claims = set.workloads.flatMap((workload) => volumesOf(workload, ['message-files']));
  expect(claims.map(({ persistentVolumeClaim: claim }) => claim?.readOnly)).toEqual([true, true]);
});

it('only pods with a bucket get the container that mounts it', () => {
  const annotated = set.workloads.filter(({ podAnnotations }) => podAnnotations['gke-gcsfuse/volumes'] === 'true');
  const withBucket = set.workloads.filter((workload) => volumesOf(workload, BUCKETS).length > 0);
  expect(namesOf(annotated)).toEqual(namesOf(withBucket));
  expect(namesOf(withBucket)).toEqual(['mart-backup', 'mart-init', 'mart-restore', 'producer', 'spark-job']);
});

it('only pods with a bucket can reach it and the metadata server', () => {
  const { podSelector } = set.find<NetworkPolicy>('NetworkPolicy', 'buckets')!.spec;
  const selected = set.workloads.filter(({ podLabels }) => selects(podSelector, podLabels));
  expect(namesOf(selected)).toEqual(['mart-backup', 'mart-init', 'mart-restore', 'producer', 'spark-job']);
});

it('buckets are mounted with the user and group of their pods, as the driver cannot change owners', () => {
  const owners = set.workloads.flatMap((workload) =>
    volumesOf(workload, BUCKETS).map(({ persistentVolumeClaim }) => {
      const claim = set.find<PersistentVolumeClaim>('PersistentVolumeClaim', persistentVolumeClaim!.claimName)!;
      const { mountOptions } = set.find<PersistentVolume>('PersistentVolume', claim.spec.volumeName!)!.spec;
      const { runAsUser, fsGroup } = workload.pod.securityContext!;
      return { workload: workload.id, mountOptions, expected: [`uid=${runAsUser}`, `gid=${fsGroup}`] };
    }),
  );
  expect(owners).toHaveLength(5);
  for (const { mountOptions, expected } of owners) expect(mountOptions).toEqual(expect.arrayContaining(expected));
});
