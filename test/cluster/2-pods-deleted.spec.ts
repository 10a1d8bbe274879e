import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { Cluster } from '../support/cluster/cluster.js';
import { expectNothingLost } from '../support/cluster/nothing-lost.js';
import { PipelineOnCluster } from '../support/cluster/pipeline-on-cluster.js';

/** All long-running workloads, in the order of their deletion. */
const WORKLOADS = [
  'consumer',
  'kafka',
  'postgres',
  'producer',
  'spark-master',
  'spark-worker',
  'spark-job',
  'gateway',
  'pgadmin',
];

/** Rows a second, slow enough that pods are deleted while rows stream. */
const RATE = 1000;
/** One file for each workload: most rows of a file are streamed within the grace period that a deletion may take. */
const ROWS = 15_000;

describe('pods that are deleted while rows stream', () => {
  const cluster = new Cluster();
  const pipeline = new PipelineOnCluster(cluster);

  beforeAll(async () => {
    await pipeline.setRate(RATE);
    await cluster.waitUntilReady();
  });
  afterAll(async () => {
    await pipeline.setRate();
    await pipeline.close();
  });

  it('lose nothing when deleted one after the other', async () => {
    const files = [];
    for (const [index, workload] of WORKLOADS.entries()) {
      const file = await pipeline.generateFile({ rows: ROWS, seed: 20 + index });
      files.push(file);
      await cluster.kubectl(['rollout', 'status', 'deployment/producer', '--timeout=300s']);
      await pipeline.send(file);
      await pipeline.waitUntilGrowing();
      await cluster.kubectl(['delete', 'pod', '-l', `app.kubernetes.io/name=${workload}`]);
    }
    for (const file of files) await expectNothingLost(pipeline, file);
  });

  it('lose nothing when deleted all at once, without grace', async () => {
    const file = await pipeline.generateFile({ rows: 40_000, seed: 3 });
    await pipeline.send(file);
    await pipeline.waitUntilGrowing();
    await cluster.kubectl(['delete', 'pod', '--all', '--grace-period=0', '--force']);
    await cluster.waitUntilReady();
    await expectNothingLost(pipeline, file);
  });
});
