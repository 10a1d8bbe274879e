import { afterAll, describe, expect, it } from '@jest/globals';
import { Cluster } from '../support/cluster/cluster.js';
import { PipelineOnCluster } from '../support/cluster/pipeline-on-cluster.js';
import { waitUntil } from '../support/wait-until.js';

const cluster = new Cluster();
/** Nobody restarts the nodes of other people's clusters. */
const onOwnCluster = cluster.isOwn ? describe : describe.skip;

onOwnCluster('a restart of the node in mid-stream', () => {
  const pipeline = new PipelineOnCluster(cluster);

  afterAll(async () => {
    await cluster.kubectl(['set', 'env', 'deployment/producer', 'PRODUCER_RATE-']);
    await pipeline.close();
  });

  it('loses nothing, and the pipeline goes on by itself', async () => {
    await cluster.kubectl(['set', 'env', 'deployment/producer', 'PRODUCER_RATE=1000']);
    await cluster.whenReady();
    const file = await pipeline.generated({ rows: 40_000, seed: 8 });
    await pipeline.send(file);
    await waitUntil('rows are on their way', () => pipeline.isGrowing(), 300_000);
    await cluster.restartNode();
    await cluster.whenReady();
    const { inMart, inQuarantine } = await pipeline.whenAccountedFor(file);

    expect(inMart + inQuarantine).toBe(file.rows);
    expect(await pipeline.ledgerDifferences()).toEqual([]);
  });
});
