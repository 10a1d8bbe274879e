import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Cluster } from '../support/cluster/cluster.js';
import { expectNothingLost } from '../support/cluster/nothing-lost.js';
import { PipelineOnCluster } from '../support/cluster/pipeline-on-cluster.js';
import { waitUntil } from '../support/wait-until.js';

const OVERLAY = 'test/cluster/overlays/three-brokers';
const TOPICS = ['/opt/kafka/bin/kafka-topics.sh', '--bootstrap-server', 'kafka-service:9092', '--describe'];

describe('three brokers', () => {
  const cluster = new Cluster();
  const pipeline = new PipelineOnCluster(cluster);

  beforeAll(async () => {
    await cluster.delete('deploy/k8s/overlays/local');
    await cluster.apply(OVERLAY);
    await cluster.waitUntilReady();
  });
  afterAll(async () => {
    await pipeline.close();
    await cluster.delete(OVERLAY);
  });

  it('keep three replicas of each partition', async () => {
    const described = await cluster.kubectl(['exec', 'kafka-0', '--', ...TOPICS, '--topic', 'message_data']);

    expect(described).toMatch(/PartitionCount: 6\s+ReplicationFactor: 3/);
    expect((await pipeline.waitUntilAccountedFor(await pipeline.sample())).missing).toBe(0);
  });

  it('are updated one by one under load, and nothing is lost', async () => {
    await pipeline.setRate(500);
    await cluster.waitUntilReady();
    const file = await pipeline.generateFile({ rows: 90_000, seed: 10 });
    await pipeline.send(file);
    const stall = await pipeline.longestStall(async () => {
      await cluster.kubectl(['rollout', 'restart', 'statefulset/kafka']);
      await cluster.kubectl(['rollout', 'status', 'statefulset/kafka', '--timeout=600s']);
    });
    console.log(`rolling update of three brokers: the mart paused for ${stall.toFixed(1)} s at most`);
    await expectNothingLost(pipeline, file);
  });

  it('lose nothing when one of them is killed, and catch up', async () => {
    const file = await pipeline.generateFile({ rows: 20_000, seed: 11 });
    await pipeline.send(file);
    await pipeline.waitUntilGrowing();
    await cluster.kubectl(['delete', 'pod/kafka-1', '--grace-period=0', '--force']);
    await expectNothingLost(pipeline, file);
    const behind = () => cluster.kubectl(['exec', 'kafka-0', '--', ...TOPICS, '--under-replicated-partitions']);
    await waitUntil('no partition is behind', async () => (await behind()).trim() === '', 300_000);
  });
});
