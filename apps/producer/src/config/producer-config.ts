import { parseArgs } from 'node:util';
import { z } from 'zod';
import { integer, positiveInteger, readEnv, boolean, type ConfigOf, type Environment } from '#platform/config/env.js';
import { httpShape } from '#platform/config/http-config.js';
import { ConfigError } from '#platform/errors/config-error.js';
import { kafkaProblems, kafkaShape } from '#platform/config/kafka-config.js';
import { ProducerError } from '../producer-error.js';

/** Injection token. */
export const PRODUCER_CONFIG = Symbol('PRODUCER_CONFIG');

const USAGE = `Usage: producer --file FILE|PATTERN [--file … | FILE …] [--rate ROWS_PER_SECOND | --speed FACTORx] [--from-start]
                [--watch SECONDS]

  --file        .csv, .csv.gz or .zip file to read, or a pattern with * and ?; may be repeated (PRODUCER_FILE)
  --rate        rows to send per second; default: as fast as possible (PRODUCER_RATE)
  --speed       replay the rows by sent_at, FACTOR times faster than real time, for example 3600x (PRODUCER_SPEED)
  --from-start  send every file from its first row and ignore stored positions (PRODUCER_FROM_START=true)
  --watch       keep running and scan for new files every SECONDS seconds (PRODUCER_WATCH_SECONDS)

The names in parentheses are environment variables; an option overrides its variable.`;

const FACTOR_ERROR = 'must be a positive number, such as 60x';
const factor = z
  .string()
  .regex(/^\d{1,9}(\.\d{1,6})?x?$/, { error: FACTOR_ERROR, abort: true })
  .transform((text) => Number(text.replace('x', '')))
  .refine((value) => value > 0, { error: FACTOR_ERROR });

const shape = {
  ...httpShape,
  ...kafkaShape,
  /** Path or pattern of the files to read. */
  PRODUCER_FILE: z.string({ error: 'give a file, or a pattern such as data/*.csv.gz' }),
  PRODUCER_RATE: positiveInteger().optional(),
  PRODUCER_SPEED: factor.optional(),
  PRODUCER_FROM_START: boolean().default(false),
  /** Seconds between two scans for new files. Without it, the producer ends when all files are produced. */
  PRODUCER_WATCH_SECONDS: integer(1, 86_400).optional(),
  /** Maximum rows of one request. */
  PRODUCER_BATCH_ROWS: positiveInteger().default(10_000),
  /** Maximum bytes of keys and values in one request. Memory holds two requests. */
  PRODUCER_BATCH_BYTES: positiveInteger().default(4 * 1024 * 1024),
  /** How long Kafka keeps the records of a topic that the producer creates; -1: forever. Default: the broker's setting. */
  KAFKA_TOPIC_RETENTION_MS: z
    .string()
    .regex(/^(-1|[1-9]\d{0,15})$/, { error: 'must be -1 or a number of milliseconds' })
    .optional(),
};

export type ProducerConfig = ConfigOf<typeof shape> & { readonly files: readonly string[] };

/**
 * Reads the configuration from the command line and the environment; the command line wins.
 *
 * @param args the arguments after node and the script.
 * @throws ProducerError PRODUCER_ARGUMENTS_INVALID for a bad command line; ConfigError for a bad environment.
 */
export function readProducerConfig(args: readonly string[], env: Environment = process.env): ProducerConfig {
  const { values, positionals } = parse(args);
  const given: Record<string, string | undefined> = {
    PRODUCER_FILE: values.file[0],
    PRODUCER_RATE: values.rate,
    PRODUCER_SPEED: values.speed,
    PRODUCER_FROM_START: values.fromStart === undefined ? undefined : String(values.fromStart),
    PRODUCER_WATCH_SECONDS: values.watch,
  };
  // --rate or --speed on the command line replaces both of their variables.
  const paced = values.rate !== undefined || values.speed !== undefined;
  const overridden = Object.entries(given).filter(
    ([name, value]) => value !== undefined || (paced && PACES.includes(name)),
  );
  try {
    const config = readEnv(shape, { ...env, ...Object.fromEntries(overridden) }, (values) => [
      ...kafkaProblems(values),
      ...onePace(values),
    ]);
    return { ...config, files: [...(values.file.length > 0 ? values.file : [config.PRODUCER_FILE]), ...positionals] };
  } catch (error) {
    throw error instanceof ConfigError ? asUsageError(error, given) : error;
  }
}

/** Rewrites a ConfigError so that it names the option when the bad value came from the command line. */
function asUsageError(error: ConfigError, given: Readonly<Record<string, string | undefined>>): Error {
  let named = false;
  const problems = error.problems.map((problem) => {
    const [variable = ''] = problem.split('=', 1);
    const option = OPTIONS[variable];
    if (option === undefined || given[variable] === undefined) return problem;
    named = true;
    return `${option} ${problem.slice(variable.length + 1)}`;
  });
  return named ? usageError(problems.join('\n'), error) : error;
}

const OPTIONS: Readonly<Record<string, string>> = {
  PRODUCER_FILE: '--file',
  PRODUCER_RATE: '--rate',
  PRODUCER_SPEED: '--speed',
  PRODUCER_WATCH_SECONDS: '--watch',
};

const PACES = ['PRODUCER_RATE', 'PRODUCER_SPEED'];

function onePace({ PRODUCER_RATE, PRODUCER_SPEED }: ConfigOf<typeof shape>): string[] {
  return PRODUCER_RATE !== undefined && PRODUCER_SPEED !== undefined
    ? ['PRODUCER_RATE and PRODUCER_SPEED (--rate and --speed) cannot be used together']
    : [];
}

function parse(args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: {
        file: { type: 'string', multiple: true },
        rate: { type: 'string', multiple: true },
        speed: { type: 'string', multiple: true },
        'from-start': { type: 'boolean' },
        watch: { type: 'string', multiple: true },
      },
      // When the shell expands an unquoted pattern, every name after the first is a positional.
      allowPositionals: true,
    });
    if (values.file?.includes('')) throw new Error('--file is empty');
    if (values.file === undefined && positionals.length > 0) throw new Error(`'${positionals[0]}' without --file`);
    const once = (name: 'rate' | 'speed' | 'watch'): string | undefined => {
      const [value, ...more] = values[name] ?? [];
      if (more.length > 0) throw new Error(`--${name} is given more than once`);
      return value;
    };
    return {
      positionals,
      values: {
        file: values.file ?? [],
        rate: once('rate'),
        speed: once('speed'),
        watch: once('watch'),
        fromStart: values['from-start'],
      },
    };
  } catch (error) {
    throw usageError((error as Error).message, error);
  }
}

function usageError(problem: string, cause: unknown): ProducerError {
  return new ProducerError('PRODUCER_ARGUMENTS_INVALID', `${problem}\n${USAGE}`, { cause });
}
