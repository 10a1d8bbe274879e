import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { launchChromium } from '../support/chromium.js';
import { Cluster } from '../support/cluster/cluster.js';
import { PipelineOnCluster, SAMPLE } from '../support/cluster/pipeline-on-cluster.js';
import { query } from '../support/mart-database.js';
import { waitUntil } from '../support/wait-until.js';

const OVERLAY = 'deploy/k8s/overlays/local';

describe('kubectl apply -k deploy/k8s/overlays/local', () => {
  const cluster = new Cluster();
  const pipeline = new PipelineOnCluster(cluster);

  beforeAll(async () => {
    await cluster.apply(OVERLAY);
    await cluster.whenReady();
  });
  afterAll(() => pipeline.close());

  it('brings everything up without starting anything twice', async () => {
    expect(await cluster.restarts()).toEqual([]);
  });

  it('has Pod Security accept all pods, none of which can talk to the API server but the Job that makes the Secrets', async () => {
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

  it('keeps the sample file, row by row', async () => {
    const { rows, inMart, inQuarantine } = await pipeline.whenAccountedFor(await pipeline.generated(SAMPLE));

    expect(inMart + inQuarantine).toBe(rows);
    expect(inQuarantine).toBeGreaterThan(0);
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

  it('gives a green /health', async () => {
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
      'spark',
    ]);
  });

  it('changes nothing when it is applied again', async () => {
    const versions = async () =>
      Object.fromEntries(
        (await cluster.list('deploy,sts,svc,cm,secret,pvc,job,cronjob,sa,role,rolebinding,netpol,pdb'))
          .filter(({ kind }) => kind !== 'StatefulSet')
          .map(({ kind, metadata }) => [`${kind}/${metadata.name}`, metadata.resourceVersion]),
      );
    const before = await versions();
    const lines = await cluster.apply(OVERLAY);

    expect(await versions()).toEqual(before);
    expect(lines.filter((line) => !line.endsWith(' unchanged'))).toEqual([]);
  });

  it('shows the mart in pgAdmin after one login, with the questions at hand', async () => {
    const { data } = await cluster.get<never>('secret/pgadmin-login');
    const password = Buffer.from((data as { password: string }).password, 'base64').toString();
    const forward = await cluster.forward('svc/pgadmin-service', 8081);
    const browser = await launchChromium();
    try {
      const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
      page.setDefaultTimeout(120_000);
      await page.goto(`${forward.url}/login`);
      await page.getByRole('textbox', { name: /email/i }).fill('analyst@example.com');
      await page.locator('input[name="password"]').fill(password);
      await page.getByRole('button', { name: /login/i }).click();
      const node = (name: string) =>
        page.locator('.file-entry', { has: page.getByText(name, { exact: true }) }).first();
      await node('Servers').waitFor();
      for (const [parent, child] of [
        ['Servers', 'Message mart'],
        ['Message mart', 'Databases'],
        ['Databases', 'messaging'],
        ['messaging', 'Schemas'],
        ['Schemas', 'mart'],
      ] as const) {
        await waitUntil(
          `${child} is shown below ${parent}`,
          async () => {
            if (await node(child).isVisible()) return true;
            await node(parent).dblclick();
            await node(child).waitFor({ timeout: 10_000 });
            return true;
          },
          120_000,
        );
      }
      await page.screenshot({ path: '.local/screenshots/cluster-pgadmin.png' });

      expect(await page.getByText(/password/i).count()).toBe(0);
    } finally {
      await browser.close();
      await forward.close();
    }
  });

  it("shows Spark's master with its worker and the job", async () => {
    const forward = await cluster.forward('svc/spark-master-service', 8080);
    const browser = await launchChromium();
    try {
      const page = await browser.newPage();
      page.setDefaultTimeout(120_000);
      await page.goto(forward.url);
      await page.screenshot({ path: '.local/screenshots/cluster-spark.png', fullPage: true });

      await expect(page.getByText('Status: ALIVE').count()).resolves.toBe(1);
      await page.getByText('messages-follower').first().waitFor();
      await page.getByText('messages-follower').first().click();
      await page.waitForLoadState();
      await page.screenshot({ path: '.local/screenshots/cluster-spark-job.png', fullPage: true });
    } finally {
      await browser.close();
      await forward.close();
    }
  });
});
