import { expect, it, jest } from '@jest/globals';
import { appliedBy } from '../support/terraform/terraform.js';

jest.setTimeout(120_000);

const OF_ENCRYPTION = [
  'google_kms_key_ring.cluster[0]',
  'google_kms_crypto_key.secrets[0]',
  'google_kms_crypto_key_iam_member.gke[0]',
  'google_container_cluster.messaging',
];

it('the key is created before the cluster, and destroyed only after the cluster was decrypted', async () => {
  const applied = await appliedBy('tests/encryption.tftest.hcl');

  // Encryption on, then off, and the resources left then.
  expect(applied.filter((address) => OF_ENCRYPTION.includes(address))).toEqual([
    ...OF_ENCRYPTION,
    ...[...OF_ENCRYPTION].reverse(),
    'google_container_cluster.messaging',
  ]);
});
