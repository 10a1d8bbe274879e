import { parseArgs } from 'node:util';

export const USAGE = `Usage: npm start -- [options]
  --rows N          rows of the generated message file (default 100000)
  --seed S          seed of the generator (default 1)
  --dirty P         share of its rows that are bad or in need of repair (default 0.01)
  --duplicates P    share of its rows that repeat a message (default 0.01)
  --file F          a message file of your own (.csv, .csv.gz, .zip, or a pattern in quotes) in place of a generated one;
                    may be repeated
  --reference DIR   folder with campaigns.csv, client_first_purchase_date.csv and holidays.csv; goes with --file
  --rate N          rows a second; as fast as it goes without it
  --engine E        what writes the mart: consumer (the default), spark (on a cluster started here), or both, where Spark
                    follows behind the consumer and mends what it left out
  --exit            end after the summary; without it everything stays up until Ctrl-C
  KAFKA_BROKERS and DATABASE_URL, where set, name servers to use in place of those started here.`;

const ENGINES = ['consumer', 'spark', 'both'] as const;
export type EngineChoice = (typeof ENGINES)[number];

export interface RunOptions {
  readonly rows: number;
  readonly seed: number;
  readonly dirty: number;
  readonly duplicates: number;
  /** Paths and patterns; empty: a file is generated. */
  readonly files: readonly string[];
  readonly reference?: string;
  readonly rate?: number;
  readonly engine: EngineChoice;
  /** End after the summary. */
  readonly exit: boolean;
  readonly help: boolean;
}

/** The command line is not one of `npm start`. */
export class OptionsError extends Error {}

/** @throws OptionsError with what is wrong and how it is used */
export function readOptions(args: readonly string[]): RunOptions {
  const values = parse(args);
  if (values.reference !== undefined && values.file.length === 0) {
    throw usage('--reference goes with --file; a generated file brings its own reference files');
  }
  for (const name of ['rows', 'seed', 'dirty', 'duplicates'] as const) {
    if (values.file.length > 0 && values[name] !== undefined)
      throw usage(`--${name} shapes a generated file, not --file`);
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
    exit: values.exit ?? false,
    help: values.help ?? false,
  };
}

/** Each may stand there several times, so that a second one is noticed and not taken silently. */
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
        exit: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
    const once = (name: Exclude<keyof typeof values, 'file' | 'exit' | 'help'>): string | undefined => {
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
