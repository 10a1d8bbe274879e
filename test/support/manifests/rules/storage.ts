import type { PersistentVolume, PersistentVolumeClaim } from '../kubernetes.js';
import type { ManifestSet } from '../manifest-set.js';
import type { Rule } from '../rule.js';
import { idOf } from '../workload.js';

export const storage: Rule = {
  name: 'every claim finds its volume or class, and deleting a claim keeps the data',
  violations: (set) => [
    ...set
      .ofKind<PersistentVolumeClaim>('PersistentVolumeClaim')
      .flatMap((claim) => violationsOf(set, claim).map((violation) => `${idOf(claim)}: ${violation}`)),
    ...set.workloads.flatMap(({ id, claims }) =>
      claims.flatMap((claim) =>
        violationsOf(set, claim).map((violation) => `${id}, claim ${claim.metadata.name}: ${violation}`),
      ),
    ),
    ...set.manifests
      .filter((manifest) => ['StorageClass', 'PersistentVolume'].includes(manifest.kind) && !retains(manifest))
      .map((manifest) => `${idOf(manifest)}: deleting the claim deletes the data`),
  ],
};

function violationsOf(set: ManifestSet, { metadata, spec }: PersistentVolumeClaim): string[] {
  const { storageClassName, volumeName, accessModes } = spec;
  if (volumeName === undefined) {
    // Without a name, it is the cluster's default class.
    return storageClassName === undefined || set.find('StorageClass', storageClassName)
      ? []
      : [`there is no StorageClass ${storageClassName}`];
  }
  const volume = set.find<PersistentVolume>('PersistentVolume', volumeName)?.spec;
  if (volume === undefined) return [`there is no PersistentVolume ${volumeName}`];
  return [
    ...(volume.claimRef?.name === metadata.name ? [] : [`its volume is for ${volume.claimRef?.name}`]),
    ...(volume.storageClassName === storageClassName ? [] : ['its volume has another class']),
    ...(accessModes.every((mode) => volume.accessModes.includes(mode))
      ? []
      : ['its volume does not allow its access mode']),
  ];
}

function retains(manifest: object): boolean {
  const { reclaimPolicy, spec } = manifest as PersistentVolume & { reclaimPolicy?: string };
  return (reclaimPolicy ?? spec?.persistentVolumeReclaimPolicy) === 'Retain';
}
