import { expect, it } from '@jest/globals';
import type { Manifest } from '../support/manifests/kubernetes.js';
import { ManifestSet } from '../support/manifests/manifest-set.js';
import { patched } from '../support/manifests/patched.js';
import { storage } from '../support/manifests/rules/storage.js';

const VALID = {
  volume: {
    kind: 'PersistentVolume',
    metadata: { name: 'bucket' },
    spec: {
      accessModes: ['ReadOnlyMany'],
      storageClassName: '',
      claimRef: { name: 'files' },
      persistentVolumeReclaimPolicy: 'Retain',
    },
  },
  claim: {
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'files' },
    spec: { accessModes: ['ReadOnlyMany'], storageClassName: '', volumeName: 'bucket' },
  },
  storageClass: { kind: 'StorageClass', metadata: { name: 'ssd' }, reclaimPolicy: 'Retain' },
  state: {
    kind: 'StatefulSet',
    metadata: { name: 'postgres' },
    spec: {
      template: { spec: { containers: [] } },
      volumeClaimTemplates: [
        { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'ssd' } },
      ],
    },
  },
};

function violations(patch: object): string[] {
  return storage.violations(new ManifestSet(Object.values(patched(VALID, patch) as Record<string, Manifest>)));
}

it.each([
  ['sound', {}, []],
  [
    'no such volume',
    { claim: { spec: { volumeName: 'x' } } },
    ['PersistentVolumeClaim/files: there is no PersistentVolume x'],
  ],
  [
    'the volume of another claim',
    { volume: { spec: { claimRef: { name: 'x' } } } },
    ['PersistentVolumeClaim/files: its volume is for x'],
  ],
  [
    'another class',
    { volume: { spec: { storageClassName: 'ssd' } } },
    ['PersistentVolumeClaim/files: its volume has another class'],
  ],
  [
    'another access',
    { claim: { spec: { accessModes: ['ReadWriteMany'] } } },
    ['PersistentVolumeClaim/files: its volume does not allow its access mode'],
  ],
  [
    'no such class',
    { state: { spec: { volumeClaimTemplates: { 0: { spec: { storageClassName: 'x' } } } } } },
    ['StatefulSet/postgres, claim data: there is no StorageClass x'],
  ],
  [
    'a class that deletes',
    { storageClass: { reclaimPolicy: null } },
    ['StorageClass/ssd: deleting the claim deletes the data'],
  ],
  [
    'a volume that deletes',
    { volume: { spec: { persistentVolumeReclaimPolicy: 'Delete' } } },
    ['PersistentVolume/bucket: deleting the claim deletes the data'],
  ],
])('%s', (_what, patch, expected) => {
  expect(violations(patch)).toEqual(expected);
});
