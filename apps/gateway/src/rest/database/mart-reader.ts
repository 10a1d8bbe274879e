import type { DataSource } from 'typeorm';
import { inOneRoundTrip } from '#platform/database/in-one-round-trip.js';
import { abortableSleep } from '#platform/retry/backoff.js';
import type { Statement } from '../query/build-select.js';
import type { SystemMonitor } from '../../system/system-monitor.js';
import type { Row } from '../answer/cell.js';
import { Problem } from '../../problems/problem.js';
import { toDatabaseProblem, tooBusy, unavailable } from './database-problem.js';

/**
 * After this a statement is either slow or will never be answered; whoever asks should not have to wait to learn which. Longer than
 * it takes the monitor to see that a server is back.
 */
const DOUBT_MS = 750;

/** One late answer of a busy server is no reason to give up what it works on. */
const LOST_MS = 1500;

/** PostgreSQL's own texts: what is sent on is written from them. */
const AS_TEXT = { getTypeParser: () => (text: string) => text };

/** Reads the mart on connections of its own, which can write nothing. */
export class MartReader {
  private slow = 0;

  /**
   * @param system knows whether the server answers on other connections
   * @param mostSlow slow questions at once: more would take the cores and the connections from all others
   */
  constructor(
    private readonly dataSource: DataSource,
    private readonly system: SystemMonitor,
    private readonly mostSlow: number,
  ) {}

  /** @throws Problem too-busy, query-timeout, database-unavailable, mart-missing */
  async read(statement: Statement, isSlow: boolean): Promise<readonly Row[]> {
    if (!isSlow) return this.query(statement);
    if (this.slow >= this.mostSlow) {
      throw tooBusy(
        `Of questions that read the rows of messages ${this.mostSlow} are answered at once; ask again later.`,
      );
    }
    this.slow++;
    try {
      return await this.query(statement);
    } finally {
      this.slow--;
    }
  }

  private async query({ text, values }: Statement): Promise<readonly Row[]> {
    if (!this.dataSource.isInitialized) throw unavailable();
    const question = { text, values: [...values], rowMode: 'array', types: AS_TEXT };
    const done = new AbortController();
    try {
      const answer = inOneRoundTrip<string[]>(this.dataSource, question);
      return await Promise.race([answer, this.whenLost(done.signal)]);
    } catch (error) {
      throw error instanceof Problem ? error : toDatabaseProblem(error);
    } finally {
      done.abort();
    }
  }

  /** Rejects once the server does not answer at all; a slow statement has until its own time limit. */
  private async whenLost(signal: AbortSignal): Promise<never> {
    for (;;) {
      await abortableSleep(DOUBT_MS, signal);
      const { status, since } = this.system.state.postgresql;
      if (status === 'down' && Date.now() - since.getTime() > LOST_MS) throw unavailable();
    }
  }
}
