import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { COPY } from '../support/terraform/terraform.js';

interface Check {
  readonly check_id: string;
  readonly check_name: string;
  readonly resource: string;
  readonly check_result: { readonly result: string; readonly suppress_comment?: string };
}

/** All that variables can add is there. */
const EVERYTHING = {
  project_id: 'my-shop-123456',
  authorized_networks: { office: '203.0.113.0/24' },
  encrypt_secrets: true,
  spark_pool: { spot: true },
};

writeFileSync(join(COPY, 'everything.tfvars.json'), JSON.stringify(EVERYTHING));
const report = execFileSync(
  process.env.CHECKOV!,
  [
    ...['--directory', COPY, '--framework', 'terraform', '--output', 'json', '--soft-fail'],
    ...['--skip-download', '--var-file', join(COPY, 'everything.tfvars.json')],
  ],
  { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, stdio: ['ignore', 'pipe', 'pipe'] },
);
const { results, summary } = JSON.parse(report) as {
  results: { failed_checks: readonly Check[]; skipped_checks: readonly Check[] };
  summary: { passed: number; parsing_errors: number };
};

describe('checkov', () => {
  it('reads everything', () => {
    expect(summary.parsing_errors).toBe(0);
    expect(summary.passed).toBeGreaterThan(40);
  });

  it('finds nothing', () => {
    expect(results.failed_checks.map(({ check_id, check_name, resource }) => [check_id, check_name, resource])).toEqual(
      [],
    );
  });

  it('leaves out what this list says, and nothing else', () => {
    const left = results.skipped_checks.map(({ check_id, resource }) => `${check_id} ${resource}`);
    expect(left.sort()).toEqual([
      'CKV2_GCP_18 google_compute_network.messaging',
      'CKV_GCP_12 google_container_cluster.messaging',
      'CKV_GCP_62 module.mart_backups.google_storage_bucket.this',
      'CKV_GCP_62 module.message_files.google_storage_bucket.this',
      'CKV_GCP_62 module.spark_checkpoints.google_storage_bucket.this',
      'CKV_GCP_65 google_container_cluster.messaging',
      'CKV_GCP_66 google_container_cluster.messaging',
      'CKV_GCP_82 google_kms_crypto_key.secrets[0]',
      'CKV_GCP_84 google_artifact_registry_repository.images',
    ]);
  });

  it.each(results.skipped_checks.map((check) => [check.check_id, check.resource, check] as const))(
    'leaves out %s of %s for a reason',
    (_id, _resource, { check_result: { suppress_comment: reason } }) => {
      expect(reason?.split(' ').length).toBeGreaterThan(5);
    },
  );
});
