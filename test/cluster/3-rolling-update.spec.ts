import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Cluster } from '../support/cluster/cluster.js';
import { expectNothingLost } from '../support/cluster/nothing-lost.js';
import { PipelineOnCluster } from '../support/cluster/pipeline-on-cluster.js';

const RATE = 1000;

describe('a rolling update of the consumers under load', () => {
  const cluster = new Cluster();
  const pipeline = new PipelineOnCluster(cluster);

  beforeAll(async () => {
    await pipeline.setRate(RATE);
    await cluster.kubectl(['scale', 'deployment/consumer', '--replicas=2']);
    await cluster.waitUntilReady();
  });
  afterAll(async () => {
    await pipeline.setRate();
    await cluster.kubectl(['scale', 'deployment/consumer', '--replicas=1']);
    await pipeline.close();
  });

  it('loses nothing and pauses no longer than rebalances take', async () => {
    const file = await pipeline.generateFile({ rows: 60_000, seed: 4 });
    await pipeline.send(file);
    const stall = await pipeline.longestStall(async () => {
      await cluster.kubectl(['rollout', 'restart', 'deployment/consumer']);
      await cluster.kubectl(['rollout', 'status', 'deployment/consumer', '--timeout=300s']);
    });
    console.log(`rolling update of two consumers: the mart paused for ${stall.toFixed(1)} s at most`);
    await expectNothingLost(pipeline, file);
    // Consumers that do not leave the group pause it for the session timeout, 10 s.
    expect(stall).toBeLessThan(10);
    expect(await cluster.restarts()).toEqual([]);
  });
});
