import { describe, expect, it } from '@jest/globals';
import { planned, testRuns } from '../support/terraform/terraform.js';

/** The buckets in the plan of the root module; tests/storage.tftest.hcl tests the variables of their module. */

interface Bucket {
  readonly name: string;
  readonly location: string;
  readonly force_destroy: boolean;
  readonly public_access_prevention: string;
  readonly uniform_bucket_level_access: boolean;
  readonly versioning: readonly { readonly enabled: boolean }[] | null;
  readonly lifecycle_rule: readonly {
    readonly condition: readonly { readonly days_since_noncurrent_time?: number }[];
  }[];
  readonly hierarchical_namespace: readonly { readonly enabled: boolean }[] | null;
  readonly soft_delete_policy: readonly { readonly retention_duration_seconds: number }[];
}

const runs = await testRuns('-filter=tests/cluster.tftest.hcl');
function bucketsOf(name: string) {
  const plan = runs.find(({ run }) => run === name)!.plan!;
  return planned<Bucket>(plan, 'google_storage_bucket').map((bucket) => ({
    name: bucket.name,
    location: bucket.location,
    destroyedWithObjects: bucket.force_destroy,
    publicAccess: bucket.public_access_prevention,
    oneRightForAll: bucket.uniform_bucket_level_access,
    versions: bucket.versioning?.[0]?.enabled ?? false,
    keptDays: bucket.lifecycle_rule.flatMap(({ condition }) => condition[0]!.days_since_noncurrent_time ?? []),
    realFolders: bucket.hierarchical_namespace?.[0]?.enabled ?? false,
    softDeleteSeconds: bucket.soft_delete_policy[0]!.retention_duration_seconds,
  }));
}

const PRIVATE = { publicAccess: 'enforced', oneRightForAll: true };
const WEEK = 7 * 24 * 60 * 60;

describe('the three buckets', () => {
  it('are private, near the cluster, and retain their data', () => {
    const common = { ...PRIVATE, location: 'us-central1', destroyedWithObjects: false };
    const kept = { ...common, versions: true, realFolders: false, softDeleteSeconds: WEEK };
    const buckets = bucketsOf('cluster');
    expect(buckets).toHaveLength(3);
    expect(buckets).toEqual(
      expect.arrayContaining([
        { ...kept, name: 'my-shop-123456-messaging-message-files', keptDays: [30] },
        { ...kept, name: 'my-shop-123456-messaging-mart-backups', keptDays: [14] },
        {
          ...common,
          name: 'my-shop-123456-messaging-spark-checkpoints',
          versions: false,
          keptDays: [],
          realFolders: true,
          softDeleteSeconds: 0,
        },
      ]),
    );
  });

  it('are in the region of a zonal cluster', () => {
    expect(bucketsOf('zonal').map(({ location }) => location)).toEqual(Array(3).fill('europe-west1'));
  });

  it('are deleted with their content only if protection is off', () => {
    expect(bucketsOf('to_be_destroyed').map((bucket) => bucket.destroyedWithObjects)).toEqual(Array(3).fill(true));
  });
});

it('grants exactly these roles', () => {
  const { plan } = runs.find(({ run }) => run === 'cluster')!;
  const bindings = plan!.resource_changes.filter(({ type }) => /_iam_(member|binding|policy)$/.test(type));
  const rights = bindings.map(({ type, change }) => {
    const { role, member } = change.after as { role: string; member: string };
    return `${type}: ${member.replace(/^principal:.+\/subject/, 'subject')} ${role}`;
  });
  const nodes = 'serviceAccount:messaging-nodes@my-shop-123456.iam.gserviceaccount.com';
  expect(rights.sort()).toEqual([
    `google_artifact_registry_repository_iam_member: ${nodes} roles/artifactregistry.reader`,
    `google_project_iam_member: ${nodes} roles/container.defaultNodeServiceAccount`,
    'google_storage_bucket_iam_member: subject/ns/messaging/sa/backup roles/storage.objectUser',
    'google_storage_bucket_iam_member: subject/ns/messaging/sa/mart-init roles/storage.objectViewer',
    'google_storage_bucket_iam_member: subject/ns/messaging/sa/producer roles/storage.objectViewer',
    'google_storage_bucket_iam_member: subject/ns/messaging/sa/spark-job roles/storage.objectUser',
  ]);
});
