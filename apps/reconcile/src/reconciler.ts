import { createHash } from 'node:crypto';
import { UnparsableLine } from '#platform/csv/csv-record.js';
import { contract, type Column } from '#schema/contract.js';
import { positionOf } from '#schema/columns.js';
import type { AlteredLine, MissingLine, Reconciliation } from '#schema/reconciliation.js';
import type { LineBatch } from './line-batch.js';
import { placeAt, type AbsentRecord, type MartSnapshot, type Place } from './mart-snapshot.js';
import { MessageFile } from './message-file.js';
import { RowMarks } from './row-marks.js';
import { DIFFERS, PLACE_BYTES, SUPERSEDED } from './snapshot-sql.js';
import { NO_DATE, REJECTED, Tally } from './tally.js';

/** How many missing lines, altered lines and extra rows are named. */
const NAMED = 10;

const ID = positionOf(contract.primaryKey[0]);

/** A file that has been read. */
export interface ReadFile {
  readonly path: string;
  /** Number of its first line, over all files. */
  readonly first: number;
}

/** Progress within a file, or over the mart's table. */
export interface ReconcileProgress {
  readonly lines: number;
  /** Bytes read of all files as they are on disk. */
  readonly bytes: number;
  /** Share of the mart's table that was searched for rows that no file has. */
  readonly searched?: number;
}

/** Finds out what became of each line of the files. */
export class Reconciler {
  readonly files: ReadFile[] = [];
  private readonly tally = new Tally();
  /** Rows of the mart that a line has exactly, and altered rows. */
  private readonly equal: RowMarks;
  private readonly altered: RowMarks;
  private readonly quarantine = new Map<string, number>();
  private readonly reasons = new Map<string, number>();
  private lines = 0;
  private bytes = 0;
  private repeatedHeaders = 0;

  constructor(
    private readonly snapshot: MartSnapshot,
    private readonly signal: AbortSignal,
    private readonly onProgress: (progress: ReconcileProgress) => void,
  ) {
    this.equal = new RowMarks(snapshot.blocks);
    this.altered = new RowMarks(snapshot.blocks);
  }

  /** @throws CsvError; the signal's reason; database errors */
  async read(path: string): Promise<void> {
    const file = await MessageFile.open(path);
    this.files.push({ path, first: this.lines });
    // While the database compares a batch, the next one is read and cleaned.
    let comparing = Promise.resolve();
    for await (const batch of file.batches(this.lines)) {
      await comparing;
      this.signal.throwIfAborted();
      this.lines += batch.size;
      this.onProgress({ lines: this.lines, bytes: this.bytes + file.bytesRead });
      comparing = this.compare(file, batch);
      // Thrown where it is awaited.
      comparing.catch(() => undefined);
    }
    await comparing;
    this.bytes += file.bytesRead;
    this.repeatedHeaders += file.repeatedHeaders;
  }

  /** Call it after the last file. @param strict whether to look for rows of the mart that no file has */
  async finish(strict: boolean): Promise<Omit<Reconciliation, 'files' | 'seconds' | 'repaired'>> {
    for (const { day, is_rejected: isRejected, outcome, lines } of await this.snapshot.resolveAbsent()) {
      this.tally.add(isRejected ? REJECTED : (day ?? NO_DATE), outcome, lines);
    }
    await this.snapshot.filterDiffering((place, day) => {
      const isAltered = !this.equal.has(...place) && this.altered.mark(...place);
      this.tally.add(day ?? NO_DATE, isAltered ? 'altered' : 'repeated');
      return isAltered;
    });
    const first = {
      missing: (await this.snapshot.firstMissing(NAMED)).map(({ nth, line, id, reasons }): MissingLine => ({
        file: this.pathOf(nth),
        line,
        id,
        reasons,
      })),
      altered: (await this.snapshot.firstAltered(NAMED)).map(({ nth, line, file, mart }): AlteredLine => ({
        ...{ file: this.pathOf(nth), line, id: file[ID]! },
        columns: differences(file, mart),
      })),
      extra: [] as Awaited<ReturnType<MartSnapshot['rowsAt']>>,
    };
    const extra = strict ? await this.findExtra() : null;
    if (extra !== null) first.extra = await this.snapshot.rowsAt(extra.first);
    const total = this.tally.total;
    return {
      holds: total.missing === 0 && total.altered === 0 && (extra?.count ?? 0) === 0,
      ...total,
      quarantine: sorted(this.quarantine),
      reasons: sorted(this.reasons),
      extra: extra && extra.count,
      repeatedHeaders: this.repeatedHeaders,
      days: this.tally.byDay,
      first,
    };
  }

  private async compare(file: MessageFile, batch: LineBatch): Promise<void> {
    const places = batch.rowsAt.length > 0 ? await this.snapshot.compare(batch.takeRows()) : Buffer.alloc(0);
    const absent: number[] = [];
    const differing: number[] = [];
    const days = new Map<number, string>();
    for (let nth = 0; nth < batch.rowsAt.length; nth++) {
      const [block, offset] = placeAt(places, nth * PLACE_BYTES);
      const at = batch.rowsAt[nth]!;
      const day = batch.days[nth]!;
      if (offset > 0) this.tally.add(day, this.equal.mark(block, offset) ? 'mart' : 'repeated');
      else if (block === SUPERSEDED) this.tally.add(day, 'superseded');
      else {
        days.set(at, day);
        (block === DIFFERS ? differing : absent).push(at);
      }
    }
    if (differing.length > 0) await this.addDiffering(batch, differing, days);
    if (absent.length + batch.rejected.length > 0) await this.addAbsent(file, batch, absent, days);
  }

  private async addDiffering(
    batch: LineBatch,
    differing: readonly number[],
    days: ReadonlyMap<number, string>,
  ): Promise<void> {
    const erased = await this.snapshot.erasedRows(differing);
    for (const at of erased) this.tally.add(days.get(at)!, 'erased');
    const kept = differing.filter((at) => !erased.has(at));
    await this.snapshot.keepDiffering(
      batch.first,
      kept.map((at) => ({ at, line: batch.records[at]!.line })),
    );
  }

  /** Rows that the mart does not hold, and rejected lines. The database may have refused a row, so both may be in quarantine. */
  private async addAbsent(
    file: MessageFile,
    batch: LineBatch,
    absent: readonly number[],
    days: ReadonlyMap<number, string>,
  ): Promise<void> {
    const rejected = new Map(batch.rejected.map(({ at, reasons }) => [at, reasons]));
    const positions = [...absent, ...rejected.keys()].sort((one, other) => one - other);
    const digests = new Map(positions.map((at) => [at, digestOf(file.valueOf(batch.records[at]!))]));
    for (const { at, state, reasons } of await this.snapshot.claim(positions, [...digests.values()])) {
      const day = days.get(at) ?? REJECTED;
      if (state === null) this.tally.add(day, 'repeated');
      else {
        this.tally.add(day, 'quarantined');
        increase(this.quarantine, state);
        for (const reason of new Set((reasons ?? []).map((each) => each.reason))) increase(this.reasons, reason);
      }
      digests.delete(at);
    }
    const lineOf = (at: number) => ({ at, line: batch.records[at]!.line, digest: digests.get(at)! });
    const left = [...digests.keys()];
    const rows = left.filter((at) => !rejected.has(at));
    const records = left.filter((at) => rejected.has(at));
    const erased = new Set([
      ...(await this.snapshot.erasedRows(rows)),
      ...(await this.snapshot.erasedRecords(records, () =>
        records.map((at) => Buffer.from(file.valueOf(batch.records[at]!))),
      )),
    ]);
    for (const at of erased) this.tally.add(days.get(at) ?? REJECTED, 'erased');
    await this.snapshot.keepAbsentRows(batch.first, rows.filter((at) => !erased.has(at)).map(lineOf));
    await this.snapshot.keepAbsentRecords(
      batch.first,
      records
        .filter((at) => !erased.has(at))
        .map((at): AbsentRecord => ({
          ...lineOf(at),
          record: recordOf(batch, at, digests.get(at)!),
          reasons: rejected.get(at)!,
        })),
    );
  }

  private async findExtra(): Promise<{ count: number; first: Place[] }> {
    let count = 0;
    const first: Place[] = [];
    for await (const { places, blocksRead } of this.snapshot.places()) {
      this.signal.throwIfAborted();
      for (const place of places) {
        if (this.equal.has(...place) || this.altered.has(...place)) continue;
        count++;
        if (first.length < NAMED) first.push(place);
      }
      this.onProgress({ lines: this.lines, bytes: this.bytes, searched: blocksRead / this.snapshot.blocks });
    }
    return { count, first };
  }

  private pathOf(nth: number): string {
    return this.files.findLast(({ first }) => first <= nth)!.path;
  }
}

export function digestOf(value: Buffer): Buffer {
  return createHash('sha256').update(value).digest();
}

/** Which entry of quarantine a line becomes. The headers of an unparsable line have its place, so each becomes its own. */
function recordOf(batch: LineBatch, at: number, digest: Buffer): Buffer {
  return batch.records[at] instanceof UnparsableLine ? Buffer.from(`line ${batch.first + at}`) : digest;
}

function differences(file: readonly (string | null)[], mart: readonly (string | null)[]): AlteredLine['columns'] {
  const columns = contract.columns.map((column: Column, at) => {
    const [ofFile, ofMart] = [canonical(column, file[at]!), canonical(column, mart[at]!)];
    return ofFile === ofMart ? [] : [[column.name, { file: ofFile, mart: ofMart }] as const];
  });
  return Object.fromEntries(columns.flat());
}

/** PostgreSQL's text of a value as the cleaner writes it. */
function canonical({ kind }: Column, text: string | null): string | null {
  if (text === null) return null;
  if (kind === 'boolean') return text.slice(0, 1);
  return kind === 'time' ? text.replace(/\+00$/, '') : text;
}

function increase(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

/** The most frequent first. */
function sorted(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].sort(([one, few], [other, many]) => many - few || (one < other ? -1 : 1)));
}
