import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Cluster } from '../support/cluster/cluster.js';
import { PipelineOnCluster } from '../support/cluster/pipeline-on-cluster.js';

/** Of a core, for each consumer: what they share must not be what bounds them. */
const CPU_LIMIT = '150m';

describe('scaling the consumer from one to three', () => {
  const cluster = new Cluster();
  const pipeline = new PipelineOnCluster(cluster);

  beforeAll(async () => {
    // It would take the cores that the consumers are to have.
    await cluster.kubectl(['scale', 'deployment/spark-job', '--replicas=0']);
    await cluster.kubectl(['set', 'resources', 'deployment/consumer', `--limits=cpu=${CPU_LIMIT},memory=512Mi`]);
    await cluster.whenReady();
  });
  afterAll(async () => {
    await cluster.kubectl(['scale', 'deployment/spark-job', '--replicas=1']);
    await cluster.kubectl(['scale', 'deployment/consumer', '--replicas=1']);
    const unlimited = '[{"op": "remove", "path": "/spec/template/spec/containers/0/resources/limits/cpu"}]';
    await cluster.kubectl(['patch', 'deployment/consumer', '--type=json', '--patch', unlimited]);
    await pipeline.close();
  });

  it('raises the rate', async () => {
    const one = await rateOf(5);
    await cluster.kubectl(['scale', 'deployment/consumer', '--replicas=3']);
    await cluster.whenReady();
    const three = await rateOf(6);
    console.log(`one consumer ${Math.round(one)} rows/s, three ${Math.round(three)} rows/s (${CPU_LIMIT} CPU each)`);

    expect(three / one).toBeGreaterThan(1.5);
  });

  /** Rows a second of a file that comes into the topic faster than anybody writes it. */
  async function rateOf(seed: number): Promise<number> {
    const file = await pipeline.generated({ rows: 100_000, seed });
    return pipeline.rateOf(file);
  }
});
