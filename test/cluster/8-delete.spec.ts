import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Cluster, NAMESPACE, type KubernetesObject } from '../support/cluster/cluster.js';
import { PipelineOnCluster } from '../support/cluster/pipeline-on-cluster.js';

interface Volume extends KubernetesObject {
  readonly spec: { readonly claimRef?: { readonly namespace: string; readonly name: string } };
  readonly status: { readonly phase: string };
}

const OVERLAY = 'deploy/k8s/overlays/local';

describe('kubectl delete -k', () => {
  const cluster = new Cluster();
  const pipeline = new PipelineOnCluster(cluster);
  let before: object;
  /** Only claims with a volume: that for backups is created with the first backup. */
  let claims: readonly string[];

  beforeAll(async () => {
    before = await pipeline.counts();
    claims = claimsOf(await volumes('Bound'));
    await cluster.delete(OVERLAY);
  });
  afterAll(() => pipeline.close());

  it('leaves only the volumes', async () => {
    const left = await cluster.kubectl([
      'get',
      'ns,storageclass,clusterrole,clusterrolebinding,crd',
      '-l',
      'app.kubernetes.io/part-of=messages-pipeline',
      '-o',
      'name',
    ]);

    expect(left).toBe('');
    expect(claims).toEqual(expect.arrayContaining(['data-kafka-0', 'data-postgres-0', 'message-files']));
    expect(claimsOf(await volumes('Released'))).toEqual(claims);
  });

  it('lets the next apply use them, once they are released', async () => {
    for (const { metadata } of await volumes('Released')) {
      const free = '{"spec":{"claimRef":{"uid":null,"resourceVersion":null}}}';
      await cluster.kubectl(['patch', `pv/${metadata.name}`, '--type=merge', '--patch', free]);
    }
    await cluster.apply(OVERLAY);
    await cluster.waitUntilReady();

    expect(await pipeline.counts()).toEqual(before);
    expect((await pipeline.waitUntilAccountedFor(await pipeline.sample())).missing).toBe(0);
  });

  async function volumes(phase: 'Bound' | 'Released'): Promise<readonly Volume[]> {
    return (await cluster.list<Volume>('pv')).filter(
      ({ spec, status }) => spec.claimRef?.namespace === NAMESPACE && status.phase === phase,
    );
  }

  function claimsOf(volumes: readonly Volume[]): string[] {
    return volumes.map(({ spec }) => spec.claimRef!.name).sort();
  }
});
