import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Cluster } from '../support/cluster/cluster.js';
import { PipelineOnCluster } from '../support/cluster/pipeline-on-cluster.js';
import { query } from '../support/mart-database.js';
import { waitUntil } from '../support/wait-until.js';

const OVERLAY = 'deploy/k8s/overlays/local';

describe('kubectl apply -k deploy/k8s/overlays/local', () => {
  const cluster = new Cluster();
  const pipeline = new PipelineOnCluster(cluster);

  beforeAll(async () => {
    await cluster.apply(OVERLAY);
    await cluster.waitUntilReady();
  });
  afterAll(() => pipeline.close());

  it('starts everything, and no long-running container restarts', async () => {
    expect(await cluster.restarts()).toEqual([]);
  });

  it('passes Pod Security, and only the Job that creates the Secrets can talk to the API server', async () => {
    const pods = await cluster.list<never>('pods');
    const mounts = (
      pods as readonly {
        metadata: { name: string };
        spec: { containers: { volumeMounts?: { mountPath: string }[] }[] };
      }[]
    )
      .filter(({ spec }) => JSON.stringify(spec.containers).includes('/var/run/secrets/kubernetes.io'))
      .map(({ metadata }) => metadata.name.replace(/-[a-z0-9]{5}$/, ''));

    expect(mounts).toEqual(['secrets']);
  });

  it('stores every row of the sample file', async () => {
    const found = await pipeline.waitUntilAccountedFor(await pipeline.sample());

    expect(found.mart + found.superseded + found.repeated + found.quarantined).toBe(found.lines);
    expect(found.quarantined).toBeGreaterThan(0);
    expect(await pipeline.ledgerDifferences()).toEqual([]);
  });

  it('loads the reference files of the sample', async () => {
    const url = await pipeline.databaseUrl();
    const [counts] = await query(
      url,
      'SELECT (SELECT count(*) FROM campaigns) > 0 AS campaigns, (SELECT count(*) FROM holidays) > 0 AS holidays',
    );

    expect(counts).toEqual({ campaigns: true, holidays: true });
  });

  it('reports ok on /health', async () => {
    const health = await waitUntil(
      '/health is green',
      async () => {
        const { status, body } = await pipeline.gateway<{
          status: string;
          details: Record<string, { status: string }>;
        }>('/health');
        const parts = Object.entries(body.details).filter(([, part]) => part.status !== 'up');
        return status === 200 && parts.length === 0 ? body : Promise.reject(new Error(JSON.stringify(parts)));
      },
      120_000,
    );

    expect(Object.keys(health.details).sort()).toEqual([
      'consumer_group',
      'kafka',
      'mart',
      'postgresql',
      'producer',
      'read_server',
      'spark',
    ]);
  });

  it('changes nothing when it is applied again', async () => {
    const versions = async () =>
      Object.fromEntries(
        (await cluster.list('deploy,sts,svc,cm,secret,pvc,job,cronjob,sa,role,rolebinding,netpol,pdb')).map(
          // The resource version changes with the status; the generation changes only with the spec.
          ({ kind, metadata }) => [`${kind}/${metadata.name}`, metadata.generation ?? metadata.resourceVersion],
        ),
      );
    const before = await versions();
    await cluster.apply(OVERLAY);

    expect(await versions()).toEqual(before);
  });
});
