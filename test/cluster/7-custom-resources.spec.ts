import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Cluster } from '../support/cluster/cluster.js';
import { downloadDefinitions } from '../support/cluster/custom-resources.js';
import type { Manifest } from '../support/manifests/kubernetes.js';
import { patched } from '../support/manifests/patched.js';
import { rendering, RENDERINGS } from '../support/manifests/rendered.js';
import { isCustomResource } from '../support/manifests/schemas.js';

const NAMESPACE = 'messaging-custom-resources';

const cluster = new Cluster();
/** Only in a cluster that was created for these tests. */
const onOwnCluster = cluster.isOwn ? describe : describe.skip;

onOwnCluster('the API server with the custom resources of KEDA and both Prometheus', () => {
  const withKinds = RENDERINGS.map(
    ([name, { manifests }]) => [name, manifests.filter(isCustomResource)] as const,
  ).filter(([, manifests]) => manifests.length > 0);
  let definitions: readonly string[];

  beforeAll(async () => {
    definitions = await downloadDefinitions();
    const files = definitions.flatMap((path) => ['-f', path]);
    // Too long for the annotation that kubectl apply uses otherwise.
    await cluster.run(['kubectl', 'apply', '--server-side', ...files]);
    await cluster.run(['kubectl', 'wait', '--for=condition=Established', '--timeout=60s', ...files]);
    await cluster.run(['kubectl', 'create', 'namespace', NAMESPACE]);
  });
  afterAll(async () => {
    await cluster.run(['kubectl', 'delete', 'namespace', NAMESPACE]);
    await cluster.run(['kubectl', 'delete', ...definitions.flatMap((path) => ['-f', path])]);
  });

  it.each(withKinds)('accepts the custom resources of %s', async (_name, manifests) => {
    expect(await cluster.dryRunApply(manifests, NAMESPACE)).toHaveLength(manifests.length);
  });

  it('refuses unknown fields', async () => {
    const scaledObject = rendering('component-keda').ofKind('ScaledObject')[0];
    const misspelt = patched(scaledObject, { spec: { maxReplicas: 6 } }) as Manifest;
    await expect(cluster.dryRunApply([misspelt], NAMESPACE)).rejects.toThrow('unknown field "spec.maxReplicas"');
  });
});
