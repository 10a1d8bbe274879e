import { parseArgs, type ParseArgsConfig } from 'node:util';
import { parseDay } from './clock.js';
import { GeneratorError } from './generator-error.js';
import { FIRST_DATE, LAST_DATE } from './profile.js';

export interface GeneratorOptions {
  /** Output folder. It is created if missing; existing files are replaced. */
  readonly out: string;
  /** Data rows of the messages file, repeated and bad ones included. Default 100,000; with `like` the aggregate's sum. */
  readonly rows?: number;
  /** From 0 to 2^32 - 1, default 1. */
  readonly seed?: number;
  /** An aggregate by campaign, type, channel, topic and day; the generated file gets its counts. */
  readonly like?: string;
  /** Share of invalid or unusual rows, from 0 to 0.5. */
  readonly dirty?: number;
  /** Share of repeated rows, from 0 to 0.5. */
  readonly duplicates?: number;
  /** Write messages.csv.gz instead of messages.csv. */
  readonly gzip?: boolean;
  /** First and last day of sending, `YYYY-MM-DD`; not with `like`, whose days are the aggregate's. */
  readonly from?: string;
  readonly to?: string;
}

/** The options with their defaults, checked. */
export interface CheckedOptions {
  readonly out: string;
  /** Undefined: the sum of the aggregate. */
  readonly rows: number | undefined;
  readonly seed: number;
  readonly like: string | undefined;
  readonly dirty: number;
  readonly duplicates: number;
  readonly gzip: boolean;
  readonly firstDay: number;
  readonly lastDay: number;
}

const DEFAULT_ROWS = 100_000;
/** More than the real file has; ids, seconds and microseconds stay exact up to here. */
const MAX_ROWS = 1_000_000_000;
const MAX_SHARE = 0.5;
/** Bad rows are not repeated, so there must be enough others. */
const MAX_SHARES = 0.8;
const LARGEST_SEED = 4_294_967_295;

export const HELP = `Generates files in the format of the e-commerce direct-messaging data set.

Usage: npm run generate -- --out DIR [options]

  --out DIR         folder for messages.csv, campaigns.csv, client_first_purchase_date.csv, holidays.csv, expected.jsonl
  --rows N          rows of messages.csv (default 100000; with --like the sum of the aggregate)
  --seed S          the same seed and options give the same bytes (default 1)
  --like FILE       an aggregate by campaign, type, channel, topic and day: the file gets exactly its counts,
                    scaled down by largest remainder if --rows is below its sum
  --dirty P         share of invalid or unusual rows, such as 0.05 or 5% (up to 50%), of every kind in the contract;
                    expected.jsonl lists the expected result of each
  --duplicates P    share of rows that repeat others: the same, older and newer versions, out of order (up to 50%)
  --gzip            messages.csv.gz instead of messages.csv
  --from, --to      first and last day of sending, YYYY-MM-DD (default ${FIRST_DATE} to ${LAST_DATE}; not with --like)
  --help            show this text
`;

/** @throws GeneratorError (BAD_OPTION) that names the option and what it takes */
export function checkOptions(options: GeneratorOptions): CheckedOptions {
  const { out, rows, seed = 1, like, dirty = 0, duplicates = 0, gzip = false, from, to } = options;
  if (out === '') bad('--out needs a folder');
  if (rows !== undefined) checkInteger('--rows', rows, 1, MAX_ROWS);
  checkInteger('--seed', seed, 0, LARGEST_SEED);
  checkShare('--dirty', dirty);
  checkShare('--duplicates', duplicates);
  if (dirty + duplicates > MAX_SHARES) {
    bad(`--dirty and --duplicates together must leave ${Math.round((1 - MAX_SHARES) * 100)}% of the rows unchanged`);
  }
  if (like !== undefined && (from !== undefined || to !== undefined)) {
    bad('--from and --to cannot be used with --like: the days come from the aggregate');
  }
  const firstDay = day('--from', from ?? FIRST_DATE);
  const lastDay = day('--to', to ?? LAST_DATE);
  if (lastDay < firstDay) bad('--to must not be before --from');
  const defaultRows = like === undefined ? DEFAULT_ROWS : undefined;
  return { out, rows: rows ?? defaultRows, seed, like, dirty, duplicates, gzip, firstDay, lastDay };
}

/**
 * Reads the command line.
 *
 * @returns undefined for --help
 * @throws GeneratorError (BAD_OPTION)
 */
export function parseCommandLine(args: readonly string[]): GeneratorOptions | undefined {
  const values = parse(args);
  if (values.help) return undefined;
  if (values.out === undefined) bad('--out DIR is missing: name a folder to write to');
  return {
    out: values.out,
    rows: values.rows === undefined ? undefined : integer('--rows', values.rows),
    seed: values.seed === undefined ? undefined : integer('--seed', values.seed),
    like: values.like,
    dirty: values.dirty === undefined ? undefined : share('--dirty', values.dirty),
    duplicates: values.duplicates === undefined ? undefined : share('--duplicates', values.duplicates),
    gzip: values.gzip,
    from: values.from,
    to: values.to,
  };
}

const ARGUMENTS = {
  out: { type: 'string' },
  rows: { type: 'string' },
  seed: { type: 'string' },
  like: { type: 'string' },
  dirty: { type: 'string' },
  duplicates: { type: 'string' },
  gzip: { type: 'boolean' },
  from: { type: 'string' },
  to: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies ParseArgsConfig['options'];

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: ARGUMENTS, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new GeneratorError('BAD_OPTION', (error as Error).message, { cause: error });
  }
}

function integer(name: string, text: string): number {
  if (!/^\d{1,15}$/.test(text)) bad(`${name} takes a whole number, not "${text}"`);
  return Number(text);
}

function share(name: string, text: string): number {
  const match = /^(\d+(?:\.\d+)?|\.\d+)(%?)$/.exec(text);
  if (!match) bad(`${name} takes a share such as 0.05 or 5%, not "${text}"`);
  return match[2] === '%' ? Number(match[1]) / 100 : Number(match[1]);
}

function checkInteger(name: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    bad(`${name} takes a whole number from ${least} to ${most}, not ${value}`);
  }
}

function checkShare(name: string, value: number): void {
  if (!(value >= 0 && value <= MAX_SHARE)) {
    bad(`${name} takes a share from 0 to ${MAX_SHARE} (0% to ${MAX_SHARE * 100}%), not ${value}`);
  }
}

function day(name: string, text: string): number {
  const parsed = parseDay(text);
  if (parsed === undefined) bad(`${name} takes a day such as ${FIRST_DATE}, from 2000 to 2099, not "${text}"`);
  return parsed;
}

function bad(message: string): never {
  throw new GeneratorError('BAD_OPTION', message);
}
