import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { Cluster } from '../support/cluster/cluster.js';
import { RENDERINGS } from '../support/manifests/rendered.js';
import { isOfOthers } from '../support/manifests/schemas.js';

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
    const known = manifests.filter((manifest) => !isOfOthers(manifest) && manifest.kind !== 'Namespace');
    // Elsewhere, where nothing stands that some of them may not change.
    const moved = known.map(({ metadata, ...manifest }) => ({
      ...manifest,
      metadata: metadata.namespace === undefined ? metadata : { ...metadata, namespace: NAMESPACE },
    }));
    const text = moved.map((manifest) => stringify(manifest, { version: '1.1' })).join('---\n');
    const output = await cluster.run(['kubectl', 'apply', '--dry-run=server', '--warnings-as-errors', '-f', '-'], text);

    expect(output.trim().split('\n')).toHaveLength(known.length);
  });
});
