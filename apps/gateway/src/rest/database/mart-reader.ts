import type { DataSource } from 'typeorm';
import { inOneRoundTrip } from '#platform/database/in-one-round-trip.js';
import { abortableSleep } from '#platform/retry/backoff.js';
import type { Statement } from '../query/build-select.js';
import type { SystemMonitor } from '../../system/system-monitor.js';
import type { Row } from '../answer/cell.js';
import { Problem } from '../../problems/problem.js';
import { toDatabaseProblem, tooBusy, unavailable } from './database-problem.js';

/** How often a pending statement checks whether the server is down. Longer than the monitor takes to see that a server is back. */
const CHECK_INTERVAL_MS = 750;

/** A busy server may miss one probe, so a statement fails only when the server has been down for longer than this. */
const DOWN_GRACE_MS = 1500;

/** Keeps every value as the text that PostgreSQL sends; the response is written from it. */
const AS_TEXT = { getTypeParser: () => (text: string) => text };

/** Reads the mart on its own read-only connections. */
export class MartReader {
  private slow = 0;

  /**
   * @param system knows whether the server responds on other connections
   * @param maxSlow slow queries at a time; more would take cores and connections from everything else
   * @param readUrl the variable that names the readers' server, if it is one of its own
   */
  constructor(
    private readonly dataSource: DataSource,
    private readonly system: SystemMonitor,
    private readonly maxSlow: number,
    private readonly readUrl?: string,
  ) {}

  /** How many seconds older than now the rows may be, because a standby is behind. */
  get secondsBehind(): number {
    return this.system.state.read_server.details?.delay_seconds ?? 0;
  }

  /** @throws Problem too-busy, query-timeout, database-unavailable, mart-missing */
  async read(statement: Statement, isSlow: boolean): Promise<readonly Row[]> {
    if (!isSlow) return this.query(statement);
    if (this.slow >= this.maxSlow) {
      throw tooBusy(`At most ${this.maxSlow} queries that read the rows of messages run at a time. Try again later.`);
    }
    this.slow++;
    try {
      return await this.query(statement);
    } finally {
      this.slow--;
    }
  }

  private async query({ text, values }: Statement): Promise<readonly Row[]> {
    if (!this.dataSource.isInitialized) throw unavailable(this.readUrl);
    const query = { text, values: [...values], rowMode: 'array', types: AS_TEXT };
    const done = new AbortController();
    try {
      const result = inOneRoundTrip<string[]>(this.dataSource, query);
      return await Promise.race([result, this.whenLost(done.signal)]);
    } catch (error) {
      throw error instanceof Problem ? error : toDatabaseProblem(error, this.readUrl);
    } finally {
      done.abort();
    }
  }

  /** Rejects when the server is down. A slow statement on a live server has until its time limit. */
  private async whenLost(signal: AbortSignal): Promise<never> {
    const server = this.readUrl === undefined ? 'postgresql' : 'read_server';
    for (;;) {
      await abortableSleep(CHECK_INTERVAL_MS, signal);
      const { status, since } = this.system.state[server];
      if (status === 'down' && Date.now() - since.getTime() > DOWN_GRACE_MS) throw unavailable(this.readUrl);
    }
  }
}
