import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Cluster } from '../support/cluster/cluster.js';
import { RENDERINGS } from '../support/manifests/rendered.js';
import { isCustomResource } from '../support/manifests/schemas.js';

const NAMESPACE = 'messaging-accepted';

describe('the API server accepts', () => {
  const cluster = new Cluster();

  beforeAll(async () => {
    await cluster.run(['kubectl', 'create', 'namespace', NAMESPACE]);
    // Of a Deployment, whose pods come later, Pod Security can only warn.
    await cluster.run(['kubectl', 'label', 'namespace', NAMESPACE, 'pod-security.kubernetes.io/warn=restricted']);
  });
  afterAll(() => cluster.run(['kubectl', 'delete', 'namespace', NAMESPACE]));

  it.each(RENDERINGS)('%s, without a warning', async (_name, { manifests }) => {
    const known = manifests.filter((manifest) => !isCustomResource(manifest) && manifest.kind !== 'Namespace');
    // Elsewhere, where nothing stands that some of them may not change.
    expect(await cluster.dryRunApply(known, NAMESPACE)).toHaveLength(known.length);
  });
});
