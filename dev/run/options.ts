import { parseArgs } from 'node:util';

export const USAGE = `Usage: npm start -- [options]
  --rows N          rows of the generated message file (default 100000)
  --seed S          seed of the generator (default 1)
  --dirty P         share of its rows that are invalid or need a repair (default 0.01)
  --duplicates P    share of its rows that repeat a message (default 0.01)
  --file F          a message file of your own (.csv, .csv.gz, .zip, or a pattern in quotes) instead of a generated one;
                    may be repeated
  --reference DIR   folder with campaigns.csv, client_first_purchase_date.csv, holidays.csv and optionally
                    holiday_corrections.csv; requires --file
  --rate N          rows per second (default: as fast as possible)
  --engine E        what writes the mart: consumer (the default), spark (on a cluster started here), or both, where Spark
                    follows the consumer and repairs what it missed
  --continue        accept bad records even if they are most of the records (the consumer's --continue)
  --exit            exit after the summary (default: keep running until Ctrl-C)
  If KAFKA_BROKERS and DATABASE_URL are set, those servers are used; otherwise they are started here.`;

const ENGINES = ['consumer', 'spark', 'both'] as const;
export type EngineChoice = (typeof ENGINES)[number];

export interface RunOptions {
  readonly rows: number;
  readonly seed: number;
  readonly dirty: number;
  readonly duplicates: number;
  /** Paths and patterns; if empty, a file is generated. */
  readonly files: readonly string[];
  readonly reference?: string;
  readonly rate?: number;
  readonly engine: EngineChoice;
  /** Start the consumer with --continue. */
  readonly continues: boolean;
  /** End after the summary. */
  readonly exit: boolean;
  readonly help: boolean;
}

/** The command line of `npm start` is invalid. */
export class OptionsError extends Error {}

/** @throws OptionsError with the reason and the usage */
export function readOptions(args: readonly string[]): RunOptions {
  const values = parse(args);
  if (values.reference !== undefined && values.file.length === 0) {
    throw usage('--reference requires --file; generated data includes its own reference files');
  }
  for (const name of ['rows', 'seed', 'dirty', 'duplicates'] as const) {
    if (values.file.length > 0 && values[name] !== undefined)
      throw usage(`--${name} applies to generated data and cannot be used with --file`);
  }
  return {
    rows: integer('rows', values.rows ?? '100000', 1),
    seed: integer('seed', values.seed ?? '1', 0),
    dirty: share('dirty', values.dirty ?? '0.01'),
    duplicates: share('duplicates', values.duplicates ?? '0.01'),
    files: values.file,
    reference: values.reference,
    rate: values.rate === undefined ? undefined : integer('rate', values.rate, 1),
    engine: engine(values.engine ?? 'consumer'),
    continues: values.continue ?? false,
    exit: values.exit ?? false,
    help: values.help ?? false,
  };
}

/** `multiple`, so that a repeated option is an error instead of silently replacing the first. */
const TEXT = { type: 'string', multiple: true } as const;

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        rows: TEXT,
        seed: TEXT,
        dirty: TEXT,
        duplicates: TEXT,
        file: TEXT,
        reference: TEXT,
        rate: TEXT,
        engine: TEXT,
        continue: { type: 'boolean' },
        exit: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
    const once = (name: Exclude<keyof typeof values, 'file' | 'continue' | 'exit' | 'help'>): string | undefined => {
      const [value, ...more] = values[name] ?? [];
      if (more.length > 0) throw new Error(`--${name} is given more than once`);
      return value;
    };
    return {
      rows: once('rows'),
      seed: once('seed'),
      dirty: once('dirty'),
      duplicates: once('duplicates'),
      file: values.file ?? [],
      reference: once('reference'),
      rate: once('rate'),
      engine: once('engine'),
      continue: values.continue,
      exit: values.exit,
      help: values.help,
    };
  } catch (error) {
    throw usage((error as Error).message);
  }
}

function integer(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || !Number.isSafeInteger(value)) {
    throw usage(`--${name} must be a whole number of at least ${least}, not ${text}`);
  }
  return value;
}

function share(name: string, text: string): number {
  const value = Number(text);
  if (!/^\d*\.?\d+$/.test(text) || value > 0.5) throw usage(`--${name} must be a share from 0 to 0.5, not ${text}`);
  return value;
}

function engine(text: string): EngineChoice {
  const choice = ENGINES.find((name) => name === text);
  if (choice === undefined) throw usage(`--engine must be ${ENGINES.join(', ')}, not ${text}`);
  return choice;
}

function usage(problem: string): OptionsError {
  return new OptionsError(`${problem}\n${USAGE}`);
}
