import { afterAll, describe, it } from '@jest/globals';
import { Cluster } from '../support/cluster/cluster.js';
import { expectNothingLost } from '../support/cluster/nothing-lost.js';
import { PipelineOnCluster } from '../support/cluster/pipeline-on-cluster.js';

const cluster = new Cluster();
/** Only in a cluster that was created for these tests. */
const onOwnCluster = cluster.isOwn ? describe : describe.skip;

onOwnCluster('a restart of the node while rows stream', () => {
  const pipeline = new PipelineOnCluster(cluster);

  afterAll(async () => {
    await pipeline.setRate();
    await pipeline.close();
  });

  it('loses nothing, and the pipeline continues without help', async () => {
    await pipeline.setRate(1000);
    await cluster.waitUntilReady();
    const file = await pipeline.generateFile({ rows: 40_000, seed: 8 });
    await pipeline.send(file);
    await pipeline.waitUntilGrowing();
    await cluster.restartNode();
    await cluster.waitUntilReady();
    await expectNothingLost(pipeline, file);
  });
});
