import { logLevel, Partitioners } from 'kafkajs';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '#platform/database/data-source-options.js';
import { ignoreClosedOutput } from '#platform/terminal/ignore-closed-output.js';
import { messageOf } from '#platform/errors/message-of.js';
import { PipelineError } from '#platform/errors/pipeline-error.js';
import { createKafka } from '#platform/kafka/create-kafka.js';
import { failIfKafkaRefuses } from '#platform/kafka/security/fail-if-refused.js';
import {
  readQuarantineConfig,
  readQuarantineOptions,
  type QuarantineConfig,
  type QuarantineOptions,
} from './config/quarantine-config.js';
import { correctedRecord } from './corrected-record.js';
import {
  attemptsOf,
  countByReason,
  entriesToSend,
  newestEntries,
  oneEntry,
  setState,
  type Database,
  type Entry,
} from './entries.js';
import { Pace, send, sendUnsent, type Redriven, type Sender } from './redrive.js';
import { beforeAndAfter, changeText, listReport, resultText, shortId, showReport, Tally } from './report.js';
import { EntryError } from './entry-error.js';
import { UsageError } from './usage-error.js';

const LISTED = 20;
const EXAMPLES = 10;
const PIECE = 500;

const interrupted = new AbortController();
const print = (...lines: string[]) => {
  for (const line of lines) console.log(line);
};

async function run(options: QuarantineOptions, config: QuarantineConfig, database: Database): Promise<void> {
  const { command, filter, author, note } = options;
  switch (command) {
    case 'list':
      return print(
        ...listReport(
          await newestEntries(database, filter, options.most ?? LISTED),
          await countByReason(database, filter),
        ),
      );
    case 'show': {
      const entry = await oneEntry(database, filter);
      return print(...showReport(entry, await attemptsOf(database, entry.entry)));
    }
    case 'discard':
    case 'reopen': {
      const changed = await setState(database, filter, command === 'discard' ? 'discarded' : 'open', author, note);
      return print(`${changed} ${command === 'discard' ? 'discarded' : 'open again'}.`);
    }
    case 'edit': {
      const entry = await oneEntry(database, filter);
      return edit(entry, options, config, database);
    }
    case 'redrive':
      return redrive(options, config, database);
  }
}

async function edit(
  entry: Entry,
  options: QuarantineOptions,
  config: QuarantineConfig,
  database: Database,
): Promise<void> {
  if (entry.state === 'resolved' || entry.state === 'superseded') {
    throw new EntryError(`The entry ${shortId(entry.entry)} is ${entry.state} already.`);
  }
  const record = correctedRecord(entry, options.change);
  if (record === undefined)
    throw new EntryError('The bytes of this record were not stored, so it cannot be sent again.');
  print(...beforeAndAfter(entry, record.cleaned, Object.keys(options.change)), resultText(record.cleaned));
  if (options.isDryRun) return;
  if (record.cleaned.kind !== 'row' && !options.all) {
    process.exitCode = 1;
    return print('Not sent. Correct the other columns, too, or add --all to send it anyway.');
  }
  await withSender(options, config, database, async (sender) => {
    await send(sender, [{ entry: entry.entry, record }], options.change);
    print(
      `Sent to ${sender.topic} with ${changeText(options.change)}. The entry is resolved once an engine has stored the row.`,
    );
  });
}

async function redrive(options: QuarantineOptions, config: QuarantineConfig, database: Database): Promise<void> {
  const tally = new Tally();
  if (options.isDryRun) {
    await pieces(options, database, tally, (_, examples) => {
      for (const { entry, record } of examples.slice(0, EXAMPLES)) {
        print(`${shortId(entry.entry)}  ${resultText(record.cleaned)}`, ...beforeAndAfter(entry, record.cleaned, []));
      }
      return Promise.resolve();
    });
    return print('', ...tally.lines(), 'Nothing was sent, as this is a dry run.');
  }
  await withSender(options, config, database, async (sender) => {
    const left = await sendUnsent(sender);
    if (left > 0) print(`${left} records of an interrupted command were sent.`);
    const pace = new Pace(options.rate);
    let sent = 0;
    await pieces(options, database, tally, async (records) => {
      await send(sender, records, null);
      sent += records.length;
      if (records.length > 0) print(`${sent} sent`);
      await pace.after(records.length, interrupted.signal);
    });
    print(
      '',
      ...tally.lines(),
      `${sent} records sent to ${sender.topic}. Their entries change as the engines read them.`,
    );
    if (interrupted.signal.aborted) print('Interrupted. Run the same command to go on.');
  });
}

/** Judges the entries piece by piece and hands over those to send. */
async function pieces(
  { filter, most = Infinity, all, again, rate }: QuarantineOptions,
  database: Database,
  tally: Tally,
  take: (
    records: readonly Redriven[],
    judged: readonly { entry: Entry; record: NonNullable<ReturnType<typeof correctedRecord>> }[],
  ) => Promise<void>,
): Promise<void> {
  let taken = 0;
  let isFirst = true;
  for await (const entries of entriesToSend(database, filter, Math.min(PIECE, rate), again)) {
    const judged = entries.flatMap((entry) => {
      const record = correctedRecord(entry, null);
      tally.add(record?.cleaned);
      return record === undefined ? [] : [{ entry, record }];
    });
    const records = judged
      .filter(({ record }) => all || record.cleaned.kind === 'row')
      .slice(0, most - taken)
      .map(({ entry, record }) => ({ entry: entry.entry, record }));
    taken += records.length;
    await take(records, isFirst ? judged : []);
    isFirst = false;
    if (taken >= most || interrupted.signal.aborted) return;
  }
  if (tally.total === 0) {
    print(
      'No entry to send: none matches that is open or parked, or the records are on their way to the engines (--again sends those once more).',
    );
  }
}

async function withSender(
  { author, note }: QuarantineOptions,
  config: QuarantineConfig,
  database: Database,
  work: (sender: Sender) => Promise<void>,
): Promise<void> {
  await failIfKafkaRefuses(config, 'quarantine');
  // Errors are thrown, and say more than the log.
  const producer = createKafka(config, 'quarantine', { logLevel: logLevel.NOTHING }).producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  try {
    await work({ database, producer, topic: config.KAFKA_TOPIC, author, note });
  } finally {
    await producer.disconnect();
  }
}

ignoreClosedOutput();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort());
try {
  const options = readQuarantineOptions(process.argv.slice(2));
  const config = readQuarantineConfig();
  const database = await new DataSource(dataSourceOptions(config, { applicationName: 'quarantine' })).initialize();
  try {
    await run(options, config, database);
  } finally {
    await database.destroy();
  }
} catch (error) {
  console.error(error instanceof PipelineError ? `${error.code}: ${error.message}` : messageOf(error));
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
