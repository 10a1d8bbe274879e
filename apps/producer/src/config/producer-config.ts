import { parseArgs } from 'node:util';
import { z } from 'zod';
import { integer, positiveInteger, readEnv, boolean, type ConfigOf, type Environment } from '#platform/config/env.js';
import { httpShape } from '#platform/config/http-config.js';
import { kafkaShape } from '#platform/config/kafka-config.js';
import { ProducerError } from '../producer-error.js';

/** Injection token. */
export const PRODUCER_CONFIG = Symbol('PRODUCER_CONFIG');

export const USAGE = `Usage: producer --file FILE|PATTERN [FILE …] [--rate ROWS_PER_SECOND | --speed FACTORx] [--from-start]
                [--watch SECONDS]
  --file        a .csv or .csv.gz file, or a pattern with * and ? (also PRODUCER_FILE)
  --rate        rows a second (also PRODUCER_RATE); as fast as it goes without it
  --speed       replay by sent_at, so many times as fast, such as 3600x (also PRODUCER_SPEED)
  --from-start  begin anew, even where an earlier run got further (also PRODUCER_FROM_START=true)
  --watch       stay up, and look every so many seconds for further files (also PRODUCER_WATCH_SECONDS)`;

const factorError = 'must be a positive number, such as 60x';
const factor = z
  .string()
  .regex(/^\d{1,9}(\.\d{1,6})?x?$/, { error: factorError, abort: true })
  .transform((text) => Number(text.replace('x', '')))
  .refine((value) => value > 0, { error: factorError });

const shape = {
  ...httpShape,
  ...kafkaShape,
  /** What to read; a path or pattern. */
  PRODUCER_FILE: z.string({ error: 'give a file, or a pattern such as data/*.csv.gz' }),
  PRODUCER_RATE: positiveInteger().optional(),
  PRODUCER_SPEED: factor.optional(),
  PRODUCER_FROM_START: boolean().default(false),
  /** Between two looks for further files; absent: it ends with the files that are there. */
  PRODUCER_WATCH_SECONDS: integer(1, 86_400).optional(),
  /** Most rows of one request. */
  PRODUCER_BATCH_ROWS: positiveInteger().default(10_000),
  /** Bytes of keys and values at which a request is sent; two requests' worth is held in memory. */
  PRODUCER_BATCH_BYTES: positiveInteger().default(4 * 1024 * 1024),
  /** How long Kafka keeps records of a topic that the producer creates, -1 for ever; absent: the broker's default. */
  KAFKA_TOPIC_RETENTION_MS: z
    .string()
    .regex(/^(-1|[1-9]\d{0,15})$/, { error: 'must be -1 or a number of milliseconds' })
    .optional(),
};

export type ProducerConfig = ConfigOf<typeof shape> & { readonly files: readonly string[] };

/**
 * The configuration from the command line (without node and script) and the environment; the command line wins.
 *
 * @throws ProducerError PRODUCER_ARGUMENTS_INVALID for an unknown option; ConfigError for a bad value.
 */
export function readProducerConfig(args: readonly string[], env: Environment = process.env): ProducerConfig {
  const { values, positionals } = parse(args);
  const given: Record<string, string | undefined> = {
    PRODUCER_FILE: values.file,
    PRODUCER_RATE: values.rate,
    PRODUCER_SPEED: values.speed,
    PRODUCER_FROM_START: values['from-start'] === undefined ? undefined : String(values['from-start']),
    PRODUCER_WATCH_SECONDS: values.watch,
  };
  // A pace on the command line replaces one in the environment, also of the other kind.
  const paced = values.rate !== undefined || values.speed !== undefined;
  const overridden = Object.entries(given).filter(
    ([name, value]) => value !== undefined || (paced && PACES.includes(name)),
  );
  const config = readEnv(shape, { ...env, ...Object.fromEntries(overridden) }, onePace);
  return { ...config, files: [config.PRODUCER_FILE, ...positionals] };
}

const PACES = ['PRODUCER_RATE', 'PRODUCER_SPEED'];

function onePace({ PRODUCER_RATE, PRODUCER_SPEED }: ConfigOf<typeof shape>): string[] {
  return PRODUCER_RATE !== undefined && PRODUCER_SPEED !== undefined
    ? ['PRODUCER_RATE and PRODUCER_SPEED (--rate and --speed) exclude each other']
    : [];
}

function parse(args: readonly string[]) {
  try {
    const parsed = parseArgs({
      args: [...args],
      options: {
        file: { type: 'string' },
        rate: { type: 'string' },
        speed: { type: 'string' },
        'from-start': { type: 'boolean' },
        watch: { type: 'string' },
      },
      // A shell that expands an unquoted pattern gives all names but the first as positionals.
      allowPositionals: true,
    });
    if (parsed.values.file === undefined && parsed.positionals.length > 0)
      throw new Error(`'${parsed.positionals[0]}' without --file`);
    return parsed;
  } catch (error) {
    throw new ProducerError('PRODUCER_ARGUMENTS_INVALID', `${(error as Error).message}\n${USAGE}`, { cause: error });
  }
}
