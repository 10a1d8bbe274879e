import { parseArgs } from 'node:util';
import type { AppName } from '../run/app-process.js';

export const USAGE = `Usage: npm run dev -- [APP...] [options]
  APP         producer, consumer or gateway (default: all three)
  --file F    file that the producer reads; may be repeated (default: generated rows)
  --rate N    rows per second of the producer (default 20)
  Kafka, PostgreSQL and mart-init always run. KAFKA_BROKERS and DATABASE_URL, if set, name servers to use instead.`;

const APPS = ['consumer', 'gateway', 'producer'] as const;

export interface WatchOptions {
  /** In the order in which they start. */
  readonly apps: readonly Exclude<AppName, 'mart-init'>[];
  readonly files: readonly string[];
  readonly rate: number;
}

/** @returns undefined for --help. @throws Error if the arguments are wrong */
export function readWatchOptions(args: readonly string[]): WatchOptions | undefined {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      file: { type: 'string', multiple: true, default: [] },
      rate: { type: 'string', default: '20' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const unknown = positionals.find((name) => !APPS.some((app) => app === name));
  if (unknown !== undefined) throw new Error(`no app ${unknown}: it must be one of ${APPS.join(', ')}`);
  const rate = Number(values.rate);
  if (!Number.isInteger(rate) || rate < 1) throw new Error(`--rate must be a whole number of at least 1`);
  const apps = APPS.filter((app) => positionals.length === 0 || positionals.includes(app));
  return { apps, files: values.file, rate };
}
