import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { generate } from '#sample-data/generate.js';
import type { Reconciliation } from '#schema/reconciliation.js';
import { reconcile } from '../../../dev/run/reconcile.js';
import { TABLES } from '../mart-content.js';
import { query, withClient } from '../mart-database.js';
import { waitUntil } from '../wait-until.js';
import type { Cluster } from './cluster.js';
import { withForward, type Forward } from './forward.js';

/** A generated file on this machine. */
export interface MessageFile {
  readonly name: string;
  readonly path: string;
  readonly rows: number;
}

/** The sample of components/sample-data in overlays/local. */
const SAMPLE = { rows: 20_000, seed: 1, dirty: 0.01, duplicates: 0.01 };

const WITHIN_MS = 600_000;
const GROWING_WITHIN_MS = 300_000;
const POLL_MS = 200;

/** The pipeline in the cluster under test: its mart over SQL, its gateway over HTTP, its message files. */
export class PipelineOnCluster {
  private database?: Forward;
  private readonly folders: string[] = [];

  constructor(private readonly cluster: Cluster) {}

  /** The same file as the sample in the cluster. */
  sample(): Promise<MessageFile> {
    return this.generate(SAMPLE);
  }

  /** A file that shares no message with the files of other seeds, where one could hide the loss of another. */
  async generateFile(options: { rows: number; seed: number }): Promise<MessageFile> {
    const file = await this.generate({ ...SAMPLE, ...options });
    const firstId = BigInt(options.seed) * 1_000_000_000n;
    // Latin-1 keeps the invalid UTF-8 of bad rows.
    const text = await readFile(file.path, 'latin1');
    await writeFile(
      file.path,
      text.replace(/^\d{1,9}(?=,)/gm, (id) => String(firstId + BigInt(id))),
      'latin1',
    );
    return file;
  }

  /** Limits the rate of the producer and restarts it. @param rowsPerSecond absent: no limit */
  async setRate(rowsPerSecond?: number): Promise<void> {
    const setting = rowsPerSecond === undefined ? 'PRODUCER_RATE-' : `PRODUCER_RATE=${rowsPerSecond}`;
    await this.cluster.kubectl(['set', 'env', 'deployment/producer', setting]);
  }

  /** Puts the file where the producer looks for files. */
  send({ path, name }: MessageFile): Promise<void> {
    return this.cluster.putFile(path, name);
  }

  /** The owner's URL, valid until PostgreSQL's pod ends. */
  async databaseUrl(): Promise<string> {
    const password = await this.cluster.secret('postgres-owner', 'password');
    await this.database?.close();
    this.database = await this.cluster.forward('pod/postgres-0', 5432);
    return `postgresql://pipeline:${password}@127.0.0.1:${this.database.port}/messaging`;
  }

  /** Waits until every row of the file is in the mart or in quarantine. Survives lost connections. */
  async waitUntilAccountedFor({ path, rows }: MessageFile): Promise<Reconciliation> {
    return waitUntil(
      `all ${rows} rows are in the mart or in quarantine`,
      async () => {
        const found = await reconcile(await this.databaseUrl(), [path], new AbortController().signal);
        return found.holds
          ? found
          : Promise.reject(new Error(`${found.missing} rows are missing, ${found.altered} altered`));
      },
      WITHIN_MS,
    );
  }

  /** Waits until rows are coming into the mart. */
  async waitUntilGrowing(): Promise<void> {
    await waitUntil('rows are on their way', () => this.isGrowing(), GROWING_WITHIN_MS);
  }

  /** The longest time in seconds without a new row in the mart while `work` runs. */
  async longestStall(work: () => Promise<void>): Promise<number> {
    await this.waitUntilGrowing();
    return this.onDatabase(async (client) => {
      let working = true;
      const done = work().finally(() => (working = false));
      let rows = await rowsOf(client);
      let since = performance.now();
      let longest = 0;
      while (working) {
        await sleep(POLL_MS);
        const now = await rowsOf(client);
        longest = Math.max(longest, performance.now() - since);
        if (now > rows) since = performance.now();
        rows = now;
      }
      await done;
      return longest / 1000;
    });
  }

  /** Sends the file; @returns rows a second between a fifth and four fifths of its way into the mart. */
  async rateOf(file: MessageFile): Promise<number> {
    return this.onDatabase(async (client) => {
      const before = await rowsOf(client);
      await this.send(file);
      const reached = async (share: number) => {
        await waitUntil(
          `${share} of the file is in the mart`,
          async () => (await rowsOf(client)) >= before + file.rows * share,
          WITHIN_MS,
        );
        return { rows: await rowsOf(client), at: performance.now() };
      };
      const first = await reached(0.2);
      const second = await reached(0.8);
      return ((second.rows - first.rows) * 1000) / (second.at - first.at);
    });
  }

  /** Rows of each table. */
  async counts(): Promise<object> {
    const columns = TABLES.map((table) => `(SELECT count(*) FROM ${table}) AS ${table}`);
    return (await query(await this.databaseUrl(), `SELECT ${columns.join(', ')}`))[0]!;
  }

  /** Where the ledger differs from a recount of all rows; empty in a correct mart. */
  async ledgerDifferences(): Promise<readonly object[]> {
    return query(await this.databaseUrl(), 'SELECT * FROM ledger.differences');
  }

  /** @returns the status code and the parsed response of the gateway */
  async gateway<T>(path: string): Promise<{ status: number; body: T }> {
    return withForward(this.cluster.forward('svc/gateway', 3000), async ({ url }) => {
      const answer = await fetch(`${url}${path}`, { signal: AbortSignal.timeout(10_000) });
      return { status: answer.status, body: (await answer.json()) as T };
    });
  }

  private async generate(options: typeof SAMPLE): Promise<MessageFile> {
    const folder = await mkdtemp(join(tmpdir(), 'cluster-messages-'));
    this.folders.push(folder);
    await generate({ out: folder, ...options });
    return { name: `messages-seed-${options.seed}.csv`, path: join(folder, 'messages.csv'), rows: options.rows };
  }

  /** Whether rows arrive right now. */
  private async isGrowing(): Promise<boolean> {
    return this.onDatabase(async (client) => {
      const before = await rowsOf(client);
      await sleep(POLL_MS);
      return (await rowsOf(client)) > before;
    });
  }

  private async onDatabase<T>(work: (client: Client) => Promise<T>): Promise<T> {
    return withClient(await this.databaseUrl(), work);
  }

  async close(): Promise<void> {
    await this.database?.close();
    for (const folder of this.folders) await rm(folder, { recursive: true, force: true });
  }
}

/** Committed rows in the mart and in quarantine. */
async function rowsOf(client: Client): Promise<number> {
  const { rows } = await client.query<{ n: string }>(
    'SELECT (SELECT count(*) FROM messages) + (SELECT count(*) FROM quarantined_messages) AS n',
  );
  return Number(rows[0]!.n);
}
