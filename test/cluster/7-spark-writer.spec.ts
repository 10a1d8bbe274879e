import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Cluster } from '../support/cluster/cluster.js';
import { expectNothingLost } from '../support/cluster/nothing-lost.js';
import { PipelineOnCluster } from '../support/cluster/pipeline-on-cluster.js';
import { query } from '../support/mart-database.js';

describe('Spark as the live writer', () => {
  const cluster = new Cluster();
  const pipeline = new PipelineOnCluster(cluster);

  beforeAll(async () => {
    await cluster.apply('test/cluster/overlays/spark-writer');
    await cluster.waitUntilReady();
  });
  afterAll(async () => {
    await cluster.apply('deploy/k8s/overlays/local');
    await cluster.waitUntilReady();
    await pipeline.close();
  });

  it('writes the mart without a consumer', async () => {
    expect(await cluster.list('pods', '-l', 'app.kubernetes.io/name=consumer')).toEqual([]);
    const file = await pipeline.generateFile({ rows: 20_000, seed: 9 });
    await pipeline.send(file);
    await expectNothingLost(pipeline, file);
  });

  it('is reported in /health', async () => {
    const { status, body } = await pipeline.gateway<{ details: Record<string, { status: string }> }>('/health');

    expect({ status, spark: body.details.spark?.status }).toEqual({ status: 200, spark: 'up' });
  });

  it('has recorded its writes', async () => {
    const [row] = await query(await pipeline.databaseUrl(), 'SELECT count(*) > 0 AS written FROM spark_writes');

    expect(row).toEqual({ written: true });
  });
});
