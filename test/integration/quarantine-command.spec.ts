import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { lineOf, numbers, recordOf } from '../support/records.js';
import { readMart } from '../support/mart.js';
import { query } from '../support/mart-database.js';
import { Pipeline } from '../support/pipeline.js';
import { quarantine, startQuarantine } from '../support/quarantine-command.js';
import { waitUntil } from '../support/wait-until.js';

jest.setTimeout(180_000);

const AUTHOR = ['--author', 'ada'];

let pipeline: Pipeline;

beforeAll(async () => {
  pipeline = await Pipeline.create();
  await pipeline.createTopic();
  await pipeline.consumer();
});

afterEach(async () => {
  await query(pipeline.databaseUrl, 'TRUNCATE quarantined_messages, messages');
});

afterAll(() => pipeline?.close());

const command = (...args: string[]) => quarantine(pipeline.settings, ...args);

interface Row {
  readonly entry: string;
  readonly state: string;
  readonly failed: number;
}

const entries = () =>
  query<Row>(
    pipeline.databaseUrl,
    `SELECT encode(record_hash, 'hex') AS entry, state, failed_attempts AS failed FROM quarantined_messages ORDER BY key, value`,
  );

/** Sends records that are rejected and waits for their entries. */
async function reject(...records: Parameters<Pipeline['send']>[0]): Promise<readonly Row[]> {
  await pipeline.send(records);
  await pipeline.caughtUp();
  const rows = await entries();
  expect(rows).toHaveLength(records.length);
  return rows;
}

const untilStates = (...states: string[]) =>
  waitUntil(`the states are ${states.join(', ')}`, async () => {
    return (await entries()).map(({ state }) => state).join() === states.join();
  });

describe('the quarantine command', () => {
  it('lists, shows, corrects and discards entries, and says what was done', async () => {
    const [first, second] = await reject(
      recordOf(1, { channel: 'pigeon', created_at: '2023-99-99 00:00:00' }),
      recordOf(2, { is_opened: '\u001b[31mmaybe' }),
    );
    const list = await command('list', '--reason', 'unknown_value');
    expect(list).toMatchObject({ code: 0 });
    expect(list.text).toContain(`${first!.entry.slice(0, 12)}  open`);
    expect(list.text).toContain('channel: unknown_value, created_at: not_a_time');
    expect(list.text).not.toContain(second!.entry.slice(0, 12));

    const shown = await command('show', second!.entry.slice(0, 10));
    expect(shown.text).toMatch(/! +is_opened +\\u001b\[31mmaybe +not_a_boolean/);

    const set = ['edit', first!.entry.slice(0, 8), '--set', 'channel=email', ...AUTHOR];
    expect(await command(...set)).toEqual({
      code: 1,
      text:
        '  channel: pigeon\n  created_at: 2023-99-99 00:00:00\nstill rejected: created_at: not_a_time\n' +
        'Not sent. Correct the other columns, too, or add --all to send it anyway.\n',
    });
    set.push('--set', 'created_at=2023-04-30 00:00:00');
    expect((await command(...set, '--dry-run')).text).toBe(
      '  channel: pigeon -> email\n  created_at: 2023-99-99 00:00:00 -> 2023-04-30 00:00:00\npasses\n',
    );
    expect(await query(pipeline.databaseUrl, 'SELECT FROM quarantine_attempts')).toEqual([]);
    expect((await command(...set)).text).toContain('Sent to ');
    await untilStates('resolved', 'open');
    expect(await readMart(pipeline.databaseUrl)).toEqual(
      new Map([['1', lineOf(1, { channel: 'email', created_at: '2023-04-30 00:00:00' })]]),
    );
    expect((await command(...set)).text).toMatch(/^QUARANTINE_ENTRY: The entry \w+ is resolved already\.\n$/);

    expect(await command('discard', second!.entry, '--note', 'a test', ...AUTHOR)).toEqual({
      code: 0,
      text: '1 discarded.\n',
    });
    await untilStates('resolved', 'discarded');
    expect((await command('show', second!.entry)).text).toMatch(/discard +ada +discarded +a test/);
    expect(await command('reopen', second!.entry, ...AUTHOR)).toEqual({ code: 0, text: '1 open again.\n' });
    await untilStates('resolved', 'open');
  });

  it('sends again what the contract accepts now, with the original headers, and reads an unparsable line from --set', async () => {
    // What an earlier contract rejected: the entries are made by hand.
    const headers = { 'csv-error': 'too many fields', 'csv-file': 'a.csv', 'csv-line': '7' };
    const insert = `INSERT INTO quarantined_messages (topic, partition, "offset", recorded_at, key, value, headers, reasons)
                    VALUES ('t', 0, $1, now(), $2, $3, $4, '[{"column": "channel", "reason": "unknown_value"}]')`;
    for (const id of numbers(3)) {
      await query(pipeline.databaseUrl, insert, [id, Buffer.from(String(id)), recordOf(id).value, { source: 'crm' }]);
    }
    await query(pipeline.databaseUrl, insert, [9, null, Buffer.from('1,2,"'), headers]);
    await query(pipeline.databaseUrl, insert, [10, Buffer.from('10'), Buffer.from('{"id": 10}'), {}]);

    const dry = await command('redrive', '--state', 'open', '--dry-run');
    expect(dry.text).toMatch(/\n3 +pass\n/);
    expect(dry.text).toMatch(/1 +still rejected: unparsable_line\n/);
    expect(dry.text).toContain('Nothing was sent');
    expect(await query(pipeline.databaseUrl, 'SELECT FROM quarantine_attempts')).toEqual([]);

    expect((await command('redrive', '--reason', 'unknown_value', '--max', '2', ...AUTHOR)).text).toContain(
      '2 records sent',
    );
    expect((await command('redrive', '--reason', 'unknown_value', ...AUTHOR)).text).toContain('1 records sent');
    await waitUntil('the rows are there', async () => (await readMart(pipeline.databaseUrl)).size === 3);
    const [{ n } = { n: 0 }] = await query<{ n: number }>(
      pipeline.databaseUrl,
      `SELECT count(*)::integer AS n FROM quarantined_messages WHERE state = 'resolved'`,
    );
    expect(n).toBe(3);

    const line = (await entries()).at(-1)!;
    const fields = Object.entries(JSON.parse(recordOf(20).value as string) as Record<string, string>);
    const set = fields.flatMap(([name, value]) => ['--set', `${name}=${value}`]);
    expect((await command('edit', line.entry, ...set, ...AUTHOR)).text).toContain('Sent to');
    await waitUntil('the line is stored', async () => (await readMart(pipeline.databaseUrl)).has('20'));
    expect((await entries()).filter(({ state }) => state === 'open')).toHaveLength(1);
  });

  it('sends large records in requests that Kafka accepts, and --again what was not answered', async () => {
    const large = numbers(12).map((id) => {
      const { key, value } = recordOf(id);
      return {
        key,
        value: JSON.stringify({ ...(JSON.parse(value as string) as object), unknown: 'x'.repeat(900_000) }),
      };
    });
    for (const [i, { key, value }] of large.entries()) {
      await query(
        pipeline.databaseUrl,
        `INSERT INTO quarantined_messages (topic, partition, "offset", recorded_at, key, value, headers, reasons)
         VALUES ('t', 1, $1, now(), $2, $3, '{}', '[{"column": null, "reason": "not_json"}]')`,
        [i, Buffer.from(key as string), Buffer.from(value)],
      );
    }
    // As if the topic had been deleted before an engine read it.
    await query(
      pipeline.databaseUrl,
      `INSERT INTO quarantine_attempts (id, record_hash, action, author, sent_at)
       SELECT gen_random_uuid(), record_hash, 'redrive', 'ada', now() FROM quarantined_messages WHERE "offset" < 2`,
    );
    expect((await command('redrive', '--topic', 't', ...AUTHOR)).text).toContain('10 records sent');
    expect((await command('redrive', '--topic', 't', '--again', ...AUTHOR)).text).toContain(' records sent');
    await waitUntil('the rows are there', async () => (await readMart(pipeline.databaseUrl)).size === 12);
    await waitUntil('all are resolved', async () => (await entries()).every(({ state }) => state === 'resolved'));
    expect((await command('redrive', '--topic', 't', '--again')).text).toContain('No entry to send');
  });

  it('sends records that still fail only with --all: three times, then the entry is parked, and there is no second entry', async () => {
    const [entry] = await reject(recordOf(1, { channel: 'pigeon' }));
    expect((await command('redrive', entry!.entry)).text).toContain('0 records sent');
    for (const failed of [1, 2, 3]) {
      await command('redrive', entry!.entry, '--all', ...AUTHOR);
      await waitUntil('the attempt failed', async () => (await entries())[0]!.failed === failed);
    }
    expect(await entries()).toEqual([{ ...entry!, state: 'parked', failed: 3 }]);
  });

  it('killed between storing its attempts and sending loses nothing, and nothing is stored twice', async () => {
    const COUNT = 400;
    for (const id of numbers(COUNT)) {
      await query(
        pipeline.databaseUrl,
        `INSERT INTO quarantined_messages (topic, partition, "offset", recorded_at, key, value, headers, reasons)
         VALUES ('t', 0, $1, now(), $2, $3, '{}', '[{"column": null, "reason": "not_json"}]')`,
        [id, Buffer.from(String(id)), recordOf(id).value],
      );
    }
    const attempts = async () => (await query(pipeline.databaseUrl, 'SELECT FROM quarantine_attempts')).length;
    for (const delay of [0, 5, 20, 60]) {
      const before = await attempts();
      const { process: child, output } = startQuarantine(
        pipeline.settings,
        ...['redrive', '--state', 'open', '--rate', '50', ...AUTHOR],
      );
      await waitUntil('it has stored attempts', async () => (await attempts()) > before);
      await new Promise((resolve) => setTimeout(resolve, delay));
      child.kill('SIGKILL');
      await output;
    }
    expect(await attempts()).toBeLessThan(COUNT);
    // As if it had been killed between the two.
    await query(pipeline.databaseUrl, `UPDATE quarantine_attempts SET sent_at = NULL WHERE result IS NULL`);
    const last = await command('redrive', '--state', 'open', '--rate', '100000', ...AUTHOR);
    expect(last).toMatchObject({ code: 0 });
    await waitUntil('all are resolved', async () => (await entries()).every(({ state }) => state === 'resolved'));
    expect((await readMart(pipeline.databaseUrl)).size).toBe(COUNT);
    expect(await entries()).toHaveLength(COUNT);
    expect(
      await query(pipeline.databaseUrl, `SELECT FROM quarantine_attempts WHERE result IS DISTINCT FROM 'resolved'`),
    ).toEqual([]);
  });

  it('says what is wrong with the command line, and with an id', async () => {
    expect(await command('mend')).toEqual({
      code: 2,
      text: expect.stringContaining('There is no command "mend".') as unknown,
    });
    const unknown = { code: 1, text: 'QUARANTINE_ENTRY: No entry has the id 00000000.\n' };
    expect(await command('show', '00000000')).toEqual(unknown);
  });
});
