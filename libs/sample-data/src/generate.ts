import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAggregate, type AggregateCell } from './aggregate.js';
import { builtInPlan } from './built-in-plan.js';
import { formatCampaigns } from './campaigns.js';
import { Clients } from './clients.js';
import { Dirt, type DirtKind } from './dirt/dirt.js';
import { Duplicates } from './duplicates.js';
import { writeFirstPurchases } from './first-purchases.js';
import { GeneratorError } from './generator-error.js';
import { formatHolidays } from './holidays.js';
import { likePlan, sumOf } from './like-plan.js';
import { LineFile } from './line-file.js';
import { MessageBuilder } from './message-builder.js';
import { MessageIds } from './message-id.js';
import { formatMessage, HEADER } from './message.js';
import { type Plan } from './model.js';
import { checkOptions, type CheckedOptions, type GeneratorOptions } from './options.js';
import { Prng } from './prng.js';
import { RowSequence } from './row-sequence.js';

export interface GeneratorProgress {
  /** Progress: rows of the messages file written so far, and their total. */
  readonly rows: number;
  readonly totalRows: number;
}

/** The result of a run. */
export interface GeneratorSummary {
  /** Paths of the files. */
  readonly files: {
    readonly messages: string;
    readonly campaigns: string;
    readonly firstPurchases: string;
    readonly holidays: string;
    readonly expected: string;
  };
  /** Data rows of the messages file; all other row counts are part of it. */
  readonly rows: number;
  /** Rows that repeat a message. */
  readonly duplicates: number;
  /** Altered rows by expected result: rejected, repaired, accepted unchanged. */
  readonly dirty: Readonly<Record<DirtKind, number>>;
  /** Distinct ids among the acceptable rows: the rows expected in the mart. */
  readonly messages: number;
  /** Physical lines of the messages file with its header, and its bytes before compression. */
  readonly lines: number;
  readonly bytes: number;
  readonly campaigns: number;
  readonly holidays: number;
  readonly firstPurchases: number;
}

/** Each part draws from its own random stream, so that a change in one does not affect another. */
const STREAM = {
  plan: 1,
  sequence: 2,
  rows: 3,
  campaigns: 4,
  purchases: 5,
  choice: 6,
  dirt: 7,
  duplicates: 8,
} as const;
/** Suffix of an incomplete file; the messages file is renamed last. */
const PART = '.part';

/**
 * Generates files in the format of the data set. The same options give the same bytes, except that .gz files depend on
 * Node's zlib. Memory does not grow with the rows.
 *
 * @param onProgress called about every thousand rows
 * @throws GeneratorError BAD_OPTION before anything is written, BAD_AGGREGATE, UNREADABLE_AGGREGATE, CANNOT_WRITE
 */
export async function generate(
  options: GeneratorOptions,
  onProgress?: (progress: GeneratorProgress) => void,
): Promise<GeneratorSummary> {
  const checked = checkOptions(options);
  const aggregate = checked.like === undefined ? undefined : await readAggregate(checked.like);
  const counts = countsOf(checked, aggregate);
  const plan = planOf(checked, aggregate, counts.messages);
  const files = filesOf(checked);

  await attempt(`make the folder ${checked.out}`, () => mkdir(checked.out, { recursive: true }));
  const clients = new Clients(counts.messages);
  const written = await writeMessages(checked, plan, clients, counts, files, onProgress);
  const campaigns = formatCampaigns(plan.campaigns, plan.cells, new Prng(checked.seed, STREAM.campaigns));
  const firstPurchases = await writeFirstPurchases(
    files.firstPurchases + PART,
    clients,
    new Prng(checked.seed, STREAM.purchases),
  );
  await attempt(`write to ${checked.out}`, async () => {
    await writeFile(files.campaigns + PART, campaigns);
    await writeFile(files.holidays + PART, formatHolidays(plan.holidays));
    // An earlier run may have left messages.csv or .csv.gz, which a pattern would match too.
    await rm(join(checked.out, messagesName(!checked.gzip)), { force: true });
    for (const path of [files.campaigns, files.holidays, files.firstPurchases, files.expected, files.messages]) {
      await rename(path + PART, path);
    }
  });
  return {
    files,
    rows: counts.rows,
    duplicates: counts.duplicates,
    ...written,
    messages: counts.messages - written.dirty.bad,
    campaigns: plan.campaigns.length,
    holidays: plan.holidays.length,
    firstPurchases,
  };
}

interface Counts {
  readonly rows: number;
  readonly duplicates: number;
  readonly dirty: number;
  /** Rows without the repeated ones. */
  readonly messages: number;
}

function countsOf({ rows: wanted, dirty, duplicates }: CheckedOptions, aggregate?: readonly AggregateCell[]): Counts {
  const rows = wanted ?? sumOf(aggregate ?? []);
  const repeated = Math.floor(rows * duplicates);
  return { rows, duplicates: repeated, dirty: Math.floor(rows * dirty), messages: rows - repeated };
}

function planOf(options: CheckedOptions, aggregate: readonly AggregateCell[] | undefined, messages: number): Plan {
  const prng = new Prng(options.seed, STREAM.plan);
  return aggregate === undefined
    ? builtInPlan(messages, options.firstDay, options.lastDay, prng)
    : likePlan(aggregate, messages, prng);
}

function filesOf({ out, gzip }: CheckedOptions): GeneratorSummary['files'] {
  return {
    messages: join(out, messagesName(gzip)),
    campaigns: join(out, 'campaigns.csv'),
    firstPurchases: join(out, 'client_first_purchase_date.csv'),
    holidays: join(out, 'holidays.csv'),
    expected: join(out, 'expected.jsonl'),
  };
}

function messagesName(gzip: boolean): string {
  return gzip ? 'messages.csv.gz' : 'messages.csv';
}

async function writeMessages(
  { seed, gzip }: CheckedOptions,
  plan: Plan,
  clients: Clients,
  counts: Counts,
  files: GeneratorSummary['files'],
  onProgress: ((progress: GeneratorProgress) => void) | undefined,
): Promise<Pick<GeneratorSummary, 'dirty' | 'lines' | 'bytes'>> {
  const ids = new MessageIds(counts.messages, plan.firstDay, plan.lastDay);
  const builder = new MessageBuilder(plan, counts.messages, clients, ids, new Prng(seed, STREAM.rows));
  const sequence = new RowSequence(plan.cells, new Prng(seed, STREAM.sequence));
  const choice = new Prng(seed, STREAM.choice);
  const dirt = new Dirt(new Prng(seed, STREAM.dirt));
  const repeatable = counts.messages - counts.dirty;
  const duplicates = new Duplicates(counts.messages, repeatable, counts.duplicates, new Prng(seed, STREAM.duplicates));
  const dirty = { bad: 0, repaired: 0, odd: 0 };
  let dirtyLeft = counts.dirty;
  let rows = 0;

  const file = new LineFile(files.messages + PART, gzip);
  const expected = new LineFile(files.expected + PART);
  file.writeLine(HEADER);
  for (let position = 0; position < counts.messages; position++) {
    const message = builder.next(sequence.next(), position);
    // Each row is equally likely, and the total is exact.
    if (dirtyLeft > 0 && choice.float() * (counts.messages - position) < dirtyLeft) {
      dirtyLeft--;
      const { bytes, lines, kind, expectation } = dirt.alter(formatMessage(message));
      dirty[kind]++;
      expected.writeBytes(Buffer.from(JSON.stringify({ line: file.line, ...expectation })), 1);
      file.writeBytes(bytes, lines);
    } else {
      file.writeLine(duplicates.take(message, position));
    }
    const due = duplicates.takeDue(position);
    for (const line of due) file.writeLine(line);
    rows += 1 + due.length;

    if (file.isFull || expected.isFull) {
      await file.flush();
      await expected.flush();
      onProgress?.({ rows, totalRows: counts.rows });
    }
  }
  await file.close();
  await expected.close();
  onProgress?.({ rows, totalRows: counts.rows });
  return { dirty, lines: file.line - 1, bytes: file.bytes };
}

async function readAggregate(path: string): Promise<AggregateCell[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const message = `--like: cannot read ${path}: ${(error as Error).message}`;
    throw new GeneratorError('UNREADABLE_AGGREGATE', message, { cause: error });
  }
  return parseAggregate(text);
}

async function attempt<T>(what: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw new GeneratorError('CANNOT_WRITE', `cannot ${what}: ${(error as Error).message}`, { cause: error });
  }
}
