import { afterAll, describe, expect, it } from '@jest/globals';
import { Cluster } from '../support/cluster/cluster.js';
import { expectNothingLost } from '../support/cluster/nothing-lost.js';
import { PipelineOnCluster } from '../support/cluster/pipeline-on-cluster.js';

const GROUP = [
  'env',
  'KAFKA_HEAP_OPTS=-Xmx256m',
  '/opt/kafka/bin/kafka-consumer-groups.sh',
  '--bootstrap-server',
  'kafka-service:9092',
  '--group',
  'messages-consumer',
];

describe('a backup', () => {
  const cluster = new Cluster();
  const pipeline = new PipelineOnCluster(cluster);

  afterAll(() => pipeline.close());

  it("restores the mart after the loss of PostgreSQL's volume, and the topic restores later rows", async () => {
    const sample = await pipeline.sample();
    await pipeline.waitUntilAccountedFor(sample);
    const before = await pipeline.counts();
    await runJob('backup', 'cronjob/mart-backup');
    const later = await pipeline.generateFile({ rows: 5_000, seed: 7 });
    await pipeline.send(later);
    await pipeline.waitUntilAccountedFor(later);

    // As in docs/deploy-kubernetes.md, and without the follower, which would write the rows missing in the backup.
    await cluster.kubectl(['scale', 'deployment/consumer', 'deployment/spark-job', '--replicas=0']);
    const lost = await cluster.kubectl(['get', 'pvc/data-postgres-0', '-o', 'jsonpath={.spec.volumeName}']);
    await cluster.kubectl(['delete', 'pvc/data-postgres-0', '--wait=false']);
    await cluster.kubectl(['delete', 'pod/postgres-0']);
    await cluster.kubectl(['rollout', 'status', 'statefulset/postgres', '--timeout=600s']);
    await cluster.kubectl(['delete', 'job/mart-init']);
    await cluster.apply('deploy/k8s/overlays/local', '-l', 'app.kubernetes.io/name=mart-init');
    await cluster.kubectl(['wait', '--for=condition=complete', 'job/mart-init', '--timeout=600s']);
    await runJob('restore', 'cronjob/mart-restore');
    expect(await pipeline.counts()).toEqual(before);

    await cluster.kubectl([
      'exec',
      'kafka-0',
      '--',
      ...GROUP,
      '--reset-offsets',
      '--topic',
      'message_data',
      '--to-earliest',
      '--execute',
    ]);
    await cluster.kubectl(['scale', 'deployment/consumer', 'deployment/spark-job', '--replicas=1']);
    await cluster.kubectl(['delete', `pv/${lost}`]);
    await expectNothingLost(pipeline, later);
    expect((await pipeline.waitUntilAccountedFor(sample)).missing).toBe(0);
    expect(await pipeline.ledgerDifferences()).toEqual([]);
  });

  async function runJob(name: string, from: string): Promise<void> {
    await cluster.kubectl(['create', 'job', name, `--from=${from}`]);
    try {
      await cluster.kubectl(['wait', '--for=condition=complete', `job/${name}`, '--timeout=600s']);
    } catch (error) {
      throw new Error(await cluster.kubectl(['logs', `job/${name}`]), { cause: error });
    }
    await cluster.kubectl(['delete', `job/${name}`]);
  }
});
