import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import type { PoolClient, QueryResult, QueryResultRow } from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { NoMartError } from './no-mart-error.js';
import * as sql from './snapshot-sql.js';

/** An entry of quarantine that a line has found. */
export interface Claim {
  readonly at: number;
  /** Null if other lines have claimed all entries of this record. */
  readonly state: string | null;
  readonly reasons: readonly { readonly reason: string }[] | null;
}

/** A line that the mart does not hold and quarantine neither. */
export interface AbsentLine {
  /** Position in the batch. */
  readonly at: number;
  readonly line: number;
  readonly digest: Buffer;
}

export interface AbsentRecord extends AbsentLine {
  /** The same for lines that become one entry of quarantine. */
  readonly record: Buffer;
  readonly reasons: readonly string[];
}

export interface ResolvedCount {
  readonly day: string | null;
  readonly is_rejected: boolean;
  readonly outcome: 'superseded' | 'repeated' | 'missing';
  readonly lines: number;
}

/** A row of the mart, by block and offset of its ctid. */
export type Place = readonly [block: number, offset: number];

/** Blocks read at once when all rows of the mart are listed. */
const SCANNED_BLOCKS = 2_000;

/**
 * The mart at one moment, with temporary tables for what the files have besides it. All statements run in one transaction of isolation
 * REPEATABLE READ, in which ctids do not change.
 */
export class MartSnapshot {
  private constructor(
    private readonly client: PoolClient,
    /** Size of the mart's table. */
    readonly blocks: number,
    private readonly hasBlockedClients: boolean,
    private readonly hasQuarantined: boolean,
  ) {}

  /** @param client in a transaction. @throws NoMartError, database errors */
  static async take(client: PoolClient): Promise<MartSnapshot> {
    const [mart] = (await client.query<{ is_mart: boolean; blocks: number }>(sql.SELECT_MART)).rows;
    if (!mart?.is_mart) throw new NoMartError();
    await client.query(sql.CREATE_TABLES);
    const [uses] = await withoutLocks(client, () =>
      rowsOf<{ is_used: boolean; has_quarantined: boolean }>(client, sql.SELECT_USES),
    );
    return new MartSnapshot(client, mart.blocks, uses!.is_used, uses!.has_quarantined);
  }

  /** Loads the rows of a batch and compares them. @returns `PLACE_BYTES` for each row, as in `COMPARE` */
  async compare(rows: Buffer): Promise<Buffer> {
    await this.client.query(sql.EMPTY_BATCH);
    await pipeline(Readable.from([rows]), this.client.query(copyFrom(sql.COPY_BATCH)));
    const [{ places }] = (await this.rows<{ places: Buffer | null }>(sql.COMPARE)) as [{ places: Buffer | null }];
    return places ?? Buffer.alloc(0);
  }

  /** Gives lines their entries in quarantine. @param at positions, in order */
  async claim(at: readonly number[], digests: readonly Buffer[]): Promise<Claim[]> {
    if (at.length === 0 || !this.hasQuarantined) return [];
    return this.rows<Claim>(sql.CLAIM, [at, digests]);
  }

  /** @returns which of these rows of the batch belong to erased clients */
  async erasedRows(at: readonly number[]): Promise<ReadonlySet<number>> {
    if (at.length === 0 || !this.hasBlockedClients) return new Set();
    return this.positions(sql.SELECT_ERASED_ROWS, [at]);
  }

  /** @returns which of these rejected records belong to erased clients */
  async erasedRecords(at: readonly number[], values: () => readonly Buffer[]): Promise<ReadonlySet<number>> {
    if (at.length === 0 || !this.hasBlockedClients) return new Set();
    return this.positions(sql.SELECT_ERASED_RECORDS, [at, values()]);
  }

  async keepAbsentRows(first: number, lines: readonly AbsentLine[]): Promise<void> {
    if (lines.length === 0) return;
    const columns = [lines.map(({ at }) => at), lines.map(({ line }) => line), lines.map(({ digest }) => digest)];
    await this.client.query(sql.KEEP_ABSENT_ROWS, [first, ...columns]);
  }

  async keepAbsentRecords(first: number, records: readonly AbsentRecord[]): Promise<void> {
    if (records.length === 0) return;
    await this.client.query(sql.KEEP_ABSENT_RECORDS, [
      records.map(({ at }) => first + at),
      records.map(({ line }) => line),
      records.map(({ digest }) => digest),
      records.map(({ record }) => record),
      records.map(({ reasons }) => reasons.join(' ')),
    ]);
  }

  /** Keeps rows of the batch whose version the mart holds with other contents. */
  async keepDiffering(first: number, lines: readonly Pick<AbsentLine, 'at' | 'line'>[]): Promise<void> {
    if (lines.length === 0) return;
    await this.client.query(sql.KEEP_DIFFERING, [first, lines.map(({ at }) => at), lines.map(({ line }) => line)]);
  }

  /** Tells missing lines from superseded and repeated ones. Call it once, after the last batch. */
  async resolveAbsent(): Promise<ResolvedCount[]> {
    await this.client.query(sql.RESOLVE_ABSENT);
    return this.rows<ResolvedCount>(sql.COUNT_RESOLVED);
  }

  firstMissing(limit: number) {
    return this.rows<{ nth: number; line: number; id: string | null; reasons: string[] }>(sql.SELECT_FIRST_MISSING, [
      limit,
    ]);
  }

  /** All missing lines, in the order of the files. */
  async *missing(): AsyncGenerator<{ nth: number; digest: Buffer }> {
    await this.client.query(sql.DECLARE_MISSING);
    for (;;) {
      const rows = await this.rows<{ nth: number; digest: Buffer }>(sql.FETCH_MISSING);
      if (rows.length === 0) return;
      yield* rows;
    }
  }

  /**
   * Shows all differing lines, in the order of the files, and forgets those that are not altered.
   *
   * @param isAltered called once for each line
   */
  async filterDiffering(isAltered: (place: Place, day: string | null) => boolean): Promise<void> {
    await this.client.query(sql.DECLARE_DIFFERING);
    for (;;) {
      const rows = await this.rows<{ nth: number; place: Buffer; day: string | null }>(sql.FETCH_DIFFERING);
      if (rows.length === 0) return;
      const forgotten = rows.filter(({ place, day }) => !isAltered(placeAt(place, 0), day));
      if (forgotten.length > 0) await this.client.query(sql.FORGET_DIFFERING, [forgotten.map(({ nth }) => nth)]);
    }
  }

  /** Altered lines, with all values of file and mart. */
  firstAltered(limit: number) {
    return this.rows<{ nth: number; line: number; file: (string | null)[]; mart: (string | null)[] }>(
      sql.SELECT_FIRST_ALTERED,
      [limit],
    );
  }

  /** The altered lines as COPY's text, with the columns of the contract. */
  altered(): Readable {
    return this.client.query(copyTo(sql.COPY_ALTERED));
  }

  /** Yields all rows of the mart, some thousands at a time. */
  async *places(): AsyncGenerator<{ blocksRead: number; places: Place[] }> {
    for (let block = 0; block < this.blocks; block += SCANNED_BLOCKS) {
      const end = block + SCANNED_BLOCKS;
      const [row] = await this.rows<{ places: Buffer | null }>(sql.SELECT_PLACES, [`(${block},0)`, `(${end},0)`]);
      const bytes = row?.places ?? Buffer.alloc(0);
      const places: Place[] = [];
      for (let i = 0; i < bytes.length; i += sql.PLACE_BYTES) places.push(placeAt(bytes, i));
      yield { blocksRead: Math.min(end, this.blocks), places };
    }
  }

  rowsAt(places: readonly Place[]) {
    return this.rows<{ id: string; day: string | null }>(sql.SELECT_ROWS, [
      places.map(([block, offset]) => `(${block},${offset})`),
    ]);
  }

  private async positions(statement: string, values: unknown[]): Promise<ReadonlySet<number>> {
    const rows = await withoutLocks(this.client, () => this.rows<{ at: number }>(statement, values));
    return new Set(rows.map(({ at }) => at));
  }

  private rows<Row extends QueryResultRow>(statement: string, values: unknown[] = []): Promise<Row[]> {
    return rowsOf<Row>(this.client, statement, values);
  }
}

/** @param at of its first byte */
export function placeAt(bytes: Buffer, at: number): Place {
  return [bytes.readUInt32BE(at), bytes.readUInt16BE(at + 4)];
}

async function rowsOf<Row extends QueryResultRow>(
  client: PoolClient,
  statement: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const { rows }: QueryResult<Row> = await client.query<Row>(statement, values);
  return rows;
}

/** Asks for erased clients. The functions lock the list until the end of the transaction, and an erasure would wait for it. */
async function withoutLocks<T>(client: PoolClient, work: () => Promise<T>): Promise<T> {
  await client.query('SAVEPOINT unlocked');
  const result = await work();
  await client.query('ROLLBACK TO SAVEPOINT unlocked; RELEASE SAVEPOINT unlocked');
  return result;
}
