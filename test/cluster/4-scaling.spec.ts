import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Cluster } from '../support/cluster/cluster.js';
import { expectNothingLost } from '../support/cluster/nothing-lost.js';
import { PipelineOnCluster } from '../support/cluster/pipeline-on-cluster.js';
import { waitUntil } from '../support/wait-until.js';

/** For each consumer, low enough that shared resources are not the limit. */
const CPU_LIMIT = '150m';

describe('scaling the consumer', () => {
  const cluster = new Cluster();
  const pipeline = new PipelineOnCluster(cluster);

  beforeAll(async () => {
    // It would use CPU that the consumers need.
    await cluster.kubectl(['scale', 'deployment/spark-job', '--replicas=0']);
    await cluster.kubectl(['set', 'resources', 'deployment/consumer', `--limits=cpu=${CPU_LIMIT},memory=512Mi`]);
    await cluster.waitUntilReady();
  });
  afterAll(async () => {
    await cluster.kubectl(['scale', 'deployment/spark-job', '--replicas=1']);
    await cluster.kubectl(['delete', 'hpa', 'consumer', '--ignore-not-found']);
    await cluster.kubectl(['scale', 'deployment/consumer', '--replicas=1']);
    const unlimited = '[{"op": "remove", "path": "/spec/template/spec/containers/0/resources/limits/cpu"}]';
    await cluster.kubectl(['patch', 'deployment/consumer', '--type=json', '--patch', unlimited]);
    await pipeline.close();
  });

  it('from one to three raises the rate', async () => {
    const one = await rateOf(5);
    await cluster.kubectl(['scale', 'deployment/consumer', '--replicas=3']);
    await cluster.waitUntilReady();
    const three = await rateOf(6);
    console.log(`one consumer ${Math.round(one)} rows/s, three ${Math.round(three)} rows/s (${CPU_LIMIT} CPU each)`);

    expect(three / one).toBeGreaterThan(1.5);
  });

  it('is done by the autoscaler under CPU load, and nothing is lost', async () => {
    // Fails without metrics-server.
    await cluster.kubectl(['top', 'pod']);
    const file = await pipeline.generateFile({ rows: 400_000, seed: 7 });
    await cluster.kubectl(['scale', 'deployment/consumer', '--replicas=1']);
    // The autoscaler of the base, which the local overlay leaves out.
    await cluster.kubectl(['apply', '-f', 'deploy/k8s/base/consumer/horizontal-pod-autoscaler.yaml']);
    expect(await wanted(2)).toBe(2);
    await cluster.waitUntilReady();

    await pipeline.send(file);
    const began = performance.now();
    const number = await wanted(3);
    console.log(`${number} consumers in place of 2 after ${Math.round((performance.now() - began) / 1000)} s of load`);

    await expectNothingLost(pipeline, file);
  });

  /** Waits until the autoscaler wants at least this many consumers. @returns how many it wants */
  async function wanted(least: number): Promise<number> {
    return waitUntil(
      `${least} consumers are wanted`,
      async () => {
        const replicas = await cluster.kubectl(['get', 'deployment/consumer', '-o', 'jsonpath={.spec.replicas}']);
        return Number(replicas) >= least ? Number(replicas) : undefined;
      },
      300_000,
    );
  }

  /** Rows a second for a file that is produced faster than it is consumed. */
  async function rateOf(seed: number): Promise<number> {
    const file = await pipeline.generateFile({ rows: 100_000, seed });
    return pipeline.rateOf(file);
  }
});
