import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Cluster } from '../support/cluster/cluster.js';
import { downloadDefinitions } from '../support/cluster/custom-resources.js';
import type { Manifest } from '../support/manifests/kubernetes.js';
import { patched } from '../support/manifests/patched.js';
import { rendering, RENDERINGS } from '../support/manifests/rendered.js';
import { isCustomResource } from '../support/manifests/schemas.js';

const NAMESPACE = 'messaging-custom-resources';

const cluster = new Cluster();
/** Nobody changes the kinds of other people's clusters. */
const onOwnCluster = cluster.isOwn ? describe : describe.skip;

onOwnCluster('the API server that knows the kinds of KEDA and both Prometheus', () => {
  const withKinds = RENDERINGS.map(
    ([name, { manifests }]) => [name, manifests.filter(isCustomResource)] as const,
  ).filter(([, manifests]) => manifests.length > 0);
  let definitions: readonly string[];

  beforeAll(async () => {
    definitions = await downloadDefinitions();
    const files = definitions.flatMap((path) => ['-f', path]);
    // Longer than the annotation in which kubectl otherwise keeps what was applied.
    await cluster.run(['kubectl', 'apply', '--server-side', ...files]);
    await cluster.run(['kubectl', 'wait', '--for=condition=Established', '--timeout=60s', ...files]);
    await cluster.run(['kubectl', 'create', 'namespace', NAMESPACE]);
  });
  afterAll(async () => {
    await cluster.run(['kubectl', 'delete', 'namespace', NAMESPACE]);
    await cluster.run(['kubectl', 'delete', ...definitions.flatMap((path) => ['-f', path])]);
  });

  it.each(withKinds)('accepts those of %s', async (_name, manifests) => {
    expect(await cluster.dryRunApply(manifests, NAMESPACE)).toHaveLength(manifests.length);
  });

  it('refuses fields that they do not have', async () => {
    const scaledObject = rendering('component-keda').ofKind('ScaledObject')[0];
    const misspelt = patched(scaledObject, { spec: { maxReplicas: 6 } }) as Manifest;
    await expect(cluster.dryRunApply([misspelt], NAMESPACE)).rejects.toThrow('unknown field "spec.maxReplicas"');
  });
});
