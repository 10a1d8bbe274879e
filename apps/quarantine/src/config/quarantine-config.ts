import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import { databaseShape } from '#platform/config/database-config.js';
import { readEnv, type ConfigOf, type Environment } from '#platform/config/env.js';
import { kafkaProblems, kafkaShape } from '#platform/config/kafka-config.js';
import { COLUMN_NAMES, REASONS } from '#schema/contract.js';
import { QUARANTINE_STATES, type QuarantineState } from '#schema/quarantine-attempts.js';
import { UsageError } from '../usage-error.js';

const shape = { ...databaseShape, ...kafkaShape };

export type QuarantineConfig = ConfigOf<typeof shape>;

/** @throws ConfigError */
export function readQuarantineConfig(env: Environment = process.env): QuarantineConfig {
  return readEnv(shape, env, kafkaProblems);
}

const COMMANDS = ['list', 'show', 'redrive', 'edit', 'discard', 'reopen'] as const;

/** Which entries a command is about. All that are given must match. */
export interface Filter {
  /** Starts of record_hash in hex. */
  readonly entries: readonly string[];
  readonly states: readonly QuarantineState[];
  readonly reason?: string;
  readonly column?: string;
  readonly file?: string;
  readonly topic?: string;
  readonly partition?: number;
  /** ISO 8601, included and excluded. */
  readonly since?: string;
  readonly until?: string;
}

/** What the command line asks for. */
export interface QuarantineOptions {
  readonly command: (typeof COMMANDS)[number];
  readonly filter: Filter;
  /** Texts of columns; null removes a value. */
  readonly change: Readonly<Record<string, string | null>>;
  readonly isDryRun: boolean;
  readonly all: boolean;
  /** Also entries whose record was sent and not answered yet. */
  readonly again: boolean;
  readonly rate: number;
  readonly most: number | undefined;
  readonly author: string;
  readonly note: string | null;
}

const OPTIONS = {
  state: { type: 'string', multiple: true },
  reason: { type: 'string' },
  column: { type: 'string' },
  file: { type: 'string' },
  topic: { type: 'string' },
  partition: { type: 'string' },
  since: { type: 'string' },
  until: { type: 'string' },
  set: { type: 'string', multiple: true },
  clear: { type: 'string', multiple: true },
  'dry-run': { type: 'boolean', default: false },
  all: { type: 'boolean', default: false },
  again: { type: 'boolean', default: false },
  rate: { type: 'string', default: '1000' },
  max: { type: 'string' },
  author: { type: 'string' },
  note: { type: 'string' },
} as const;

/** @param args the arguments after node and the script. @throws UsageError */
export function readQuarantineOptions(args: readonly string[]): QuarantineOptions {
  const { values, positionals } = parse(args);
  const [name, ...entries] = positionals;
  const command = COMMANDS.find((each) => each === name);
  if (command === undefined) {
    throw new UsageError(name === undefined ? 'A command is missing.' : `There is no command ${JSON.stringify(name)}.`);
  }
  for (const entry of entries) {
    if (!/^[0-9a-f]{8,64}$/.test(entry)) throw new UsageError(`${JSON.stringify(entry)} is not the id of an entry.`);
  }
  const { reason, column, file, topic } = values;
  if (reason !== undefined) known('--reason', reason, Object.keys(REASONS));
  if (column !== undefined) known('--column', column, COLUMN_NAMES);
  const states = (values.state ?? []).map(
    (state) => known('--state', state, Object.keys(QUARANTINE_STATES)) as QuarantineState,
  );
  const filter: Filter = {
    entries,
    states,
    ...{ reason, column, file, topic },
    partition: values.partition === undefined ? undefined : count('--partition', values.partition, 0),
    since: values.since === undefined ? undefined : time('--since', values.since),
    until: values.until === undefined ? undefined : time('--until', values.until),
  };
  const isSelective =
    states.length > 0 || Object.values(filter).some((value) => typeof value !== 'object' && value !== undefined);
  if ((command === 'show' || command === 'edit') && (entries.length !== 1 || isSelective)) {
    throw new UsageError(`${command} needs the id of one entry.`);
  }
  if (command === 'reopen' && entries.length === 0) throw new UsageError('reopen needs ids of entries.');
  if ((command === 'redrive' || command === 'discard') && entries.length === 0 && !isSelective) {
    throw new UsageError(`${command} needs ids of entries, or a filter such as --state open.`);
  }
  const change = changeOf(values.set ?? [], values.clear ?? []);
  if ((command === 'edit') !== Object.keys(change).length > 0) {
    throw new UsageError(
      command === 'edit' ? 'edit needs --set or --clear.' : `${command} takes no --set and no --clear.`,
    );
  }
  if (command === 'discard' && !values.note?.trim()) throw new UsageError('discard needs --note, which says why.');
  return {
    ...{
      command,
      filter,
      change,
      isDryRun: values['dry-run'],
      all: values.all,
      again: values.again,
      note: values.note ?? null,
    },
    rate: count('--rate', values.rate, 1),
    most: values.max === undefined ? undefined : count('--max', values.max, 1),
    author: values.author ?? userInfo().username,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (cause) {
    throw new UsageError((cause as Error).message, { cause });
  }
}

function changeOf(set: readonly string[], clear: readonly string[]): Record<string, string | null> {
  const pairs = [
    ...set.map((text): [string, string | null] => {
      const at = text.indexOf('=');
      if (at < 0) throw new UsageError(`--set ${JSON.stringify(text)} must be COLUMN=VALUE.`);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
    ...clear.map((column): [string, null] => [column, null]),
  ];
  for (const [column] of pairs) known('--set and --clear', column, COLUMN_NAMES);
  return Object.fromEntries(pairs);
}

function known(option: string, value: string, values: readonly string[]): string {
  if (values.includes(value)) return value;
  throw new UsageError(`${option}: ${JSON.stringify(value)} is none of ${values.join(', ')}.`);
}

function count(option: string, text: string, least: number): number {
  const value = Number(text);
  if (/^\d{1,9}$/.test(text) && value >= least) return value;
  throw new UsageError(`${option} ${JSON.stringify(text)} must be an integer of at least ${least}.`);
}

function time(option: string, text: string): string {
  const date = new Date(/\d{4}-\d\d-\d\d$/.test(text) ? text : /(Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`);
  if (/^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(date.getTime())) return date.toISOString();
  throw new UsageError(`${option} ${JSON.stringify(text)} must be a time such as 2026-12-01 or 2026-12-01T10:00:00.`);
}
