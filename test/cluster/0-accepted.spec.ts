import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Cluster } from '../support/cluster/cluster.js';
import { RENDERINGS } from '../support/manifests/rendered.js';
import { isCustomResource } from '../support/manifests/schemas.js';

const NAMESPACE = 'messaging-accepted';

describe('the API server accepts', () => {
  const cluster = new Cluster();

  beforeAll(async () => {
    await cluster.run(['kubectl', 'create', 'namespace', NAMESPACE]);
    // For a Deployment, whose pods are created later, Pod Security only warns.
    await cluster.run(['kubectl', 'label', 'namespace', NAMESPACE, 'pod-security.kubernetes.io/warn=restricted']);
  });
  afterAll(() => cluster.run(['kubectl', 'delete', 'namespace', NAMESPACE]));

  it.each(RENDERINGS)('%s, without a warning', async (_name, { manifests }) => {
    const known = manifests.filter((manifest) => !isCustomResource(manifest) && manifest.kind !== 'Namespace');
    // In another namespace, as some fields of existing objects must not change.
    expect(await cluster.dryRunApply(known, NAMESPACE)).toHaveLength(known.length);
  });
});
