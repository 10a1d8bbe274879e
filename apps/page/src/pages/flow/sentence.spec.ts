import { describe, expect, it } from '@jest/globals';
import type { PipelineState } from '../../stream/pipeline-stream.js';
import type { Connection } from '../../stream/stream-messages.js';
import { flowSentence } from './sentence.js';
import { NOW, report, stateOf, type Changes } from './state.fixture.js';

const WRITING = { zone: 'utc', locale: 'en' } as const;
const LIVE: Connection = { state: 'live', attempt: 0, retryAt: null, receivedAt: NOW };

const sentence = (changes: Changes = {}, connection = LIVE, now = NOW) =>
  flowSentence(stateOf(changes), connection, now, WRITING);

const NOTHING_LOST = '99,294 stored + 706 in quarantine = 100,000 lines. Nothing is missing.';

describe('the first sentence of Flow', () => {
  it('is missing until something is known', () => {
    const connecting = { ...LIVE, state: 'connecting', receivedAt: null } as const;
    expect(flowSentence(null, connecting, NOW, WRITING).text).toBeNull();
    const failing = { ...connecting, state: 'waiting', attempt: 2, retryAt: NOW + 3000 } as const;
    expect(flowSentence(null, failing, NOW, WRITING).text).toBe('The gateway does not answer.');
  });

  it('says that it runs, and that nothing is missing', () => {
    expect(sentence()).toEqual({
      ...{ text: 'Running. Nothing waits, the mart changed 0.4 s ago.', details: [NOTHING_LOST] },
      ...{ action: null, runbook: null, hold: null, kind: 'running', isFirstRun: false },
    });
  });

  it('ages with the data, and is never negative if clocks differ', () => {
    expect(sentence({}, LIVE, NOW + 2000).text).toBe('Running. Nothing waits, the mart changed 2.4 s ago.');
    expect(sentence({ mart: { changed_at: new Date(NOW + 60_000).toISOString() } }).text).toBe(
      'Running. Nothing waits, the mart changed 0 s ago.',
    );
    expect(sentence({ mart: { changed_at: null } }).text).toBe('Running. Nothing waits.');
  });

  it('waits for the first row', () => {
    const empty = {
      stages: { produced: { count: null, per_second: null } },
      mart: { rows: 0, quarantined: 0, changed_at: null },
      accounts: { verdict: 'unknown', records: null, stored: 0, quarantined: 0 },
      components: { kafka: report('degraded', { message: 'topic message_data does not exist' }) },
    } as const;
    expect(sentence(empty)).toMatchObject({ text: 'Waiting for the first row.', isFirstRun: true, details: [] });
  });

  it('says that the gateway has just started', () => {
    const since = new Date(NOW - 1000).toISOString();
    const kafka = report('down', { message: 'not probed yet', answered_at: null, since });
    expect(sentence({ components: { kafka } }).text).toBe('The gateway has just started and asks the components.');
  });

  it.each<[string, Partial<PipelineState['lag']>, string]>([
    [
      'a few wait',
      { records: 311, seconds: 0.4, clear_seconds: 2 },
      'Running. 311 records wait, the oldest for 0.4 s, the mart changed 0.4 s ago.',
    ],
    ['one waits', { records: 1, seconds: 0 }, 'Running. 1 record waits, the mart changed 0.4 s ago.'],
    [
      'the lag shrinks',
      { records: 1_204_000, seconds: 300, records_per_second: -1000, clear_seconds: 1204 },
      'Behind by 1,204,000 records; at this rate done at 14:51, in 20 min 04 s.',
    ],
    [
      'it takes until tomorrow',
      { records: 1_204_000, seconds: 300, records_per_second: -10, clear_seconds: 120_400 },
      'Behind by 1,204,000 records; at this rate done at 2026-03-02 23:57:48 UTC, in 1 d 9 h.',
    ],
    [
      'the lag grows',
      { records: 50_000, seconds: 60, records_per_second: 1200.4, clear_seconds: null },
      'Behind by 50,000 records, and 1,200 records more each second.',
    ],
    [
      'the lag stays',
      { records: 50_000, seconds: 60, records_per_second: 0, clear_seconds: null },
      'Behind by 50,000 records, and they do not become fewer.',
    ],
    [
      'the trend is not known yet',
      { records: 50_000, seconds: 60 },
      'Behind by 50,000 records; it is not known yet whether they become fewer.',
    ],
    [
      'the age is not known',
      { records: 50_000, seconds: null, records_per_second: -100, clear_seconds: 500 },
      'Behind by 50,000 records; at this rate done at 14:39, in 8 min 20 s.',
    ],
    ['the lag is not known', { records: null, seconds: null }, 'Running; how many records wait is not known.'],
  ])('when %s', (_, lag, text) => {
    expect(sentence({ lag: { records_per_second: null, clear_seconds: null, ...lag } }).text).toBe(text);
  });

  it('says since when PostgreSQL is down, and what happens to the records', () => {
    const { text, details, action, runbook, hold } = sentence({
      components: {
        postgresql: report('down', {
          message: 'connect ECONNREFUSED 127.0.0.1:5432',
          action: 'Start it.',
          runbook: 'PartDown',
        }),
        mart: report('down', { message: 'connect ECONNREFUSED 127.0.0.1:5432' }),
      },
      lag: { records: 4018 },
      accounts: { verdict: 'unknown', stored: null, quarantined: null },
    });
    expect(text).toBe('PostgreSQL refuses connections since 14:02:11.');
    expect(details).toEqual(['4,018 records wait in Kafka until it is back.']);
    expect({ action, runbook, hold }).toEqual({ action: 'Start it.', runbook: 'PartDown', hold: text });
  });

  it('does not say how many records wait in Kafka if it is not known, or none', () => {
    const postgresql = report('down', { message: 'connect ECONNREFUSED' });
    for (const waiting of [0, null]) {
      const { details } = sentence({ components: { postgresql }, lag: { records: waiting } });
      expect(details).toContain('New records wait in Kafka until it is back.');
    }
  });

  it('names the password if that is the reason', () => {
    const postgresql = report('down', { message: 'password authentication failed for user "messaging_app"' });
    expect(sentence({ components: { postgresql } }).text).toBe(
      'PostgreSQL refuses connections (password) since 14:02:11.',
    );
  });

  it('keeps an unusual message as it is', () => {
    const postgresql = report('down', { message: 'the server runs PostgreSQL 12, but 17 is required' });
    const { text, details } = sentence({ components: { postgresql } });
    expect(text).toBe('PostgreSQL is down since 14:02:11.');
    expect(details[0]).toBe('The server runs PostgreSQL 12, but 17 is required.');
  });

  it('says that the mart can be read while Kafka is down', () => {
    const down = report('down', { message: 'no answer for 3.0 s' });
    const { text, details } = sentence({
      components: { kafka: down, consumer_group: down, producer: down },
      lag: { records: null, seconds: null },
    });
    expect(text).toBe('Kafka does not answer since 14:02:11.');
    expect(details).toEqual([
      'The mart can be read as of 2026-03-01 14:31:07 UTC; new records wait until Kafka is back.',
    ]);
  });

  it('says that no consumer runs', () => {
    const consumer = report('down', {
      message: 'the group g has no members, 4018 records are waiting',
      runbook: 'ConsumerDead',
    });
    const state = {
      components: { consumer_group: consumer },
      consumers: { members: 0 },
      lag: { records: 4018, seconds: 30 },
    };
    expect(sentence(state)).toMatchObject({
      text: 'No consumer runs since 14:02:11. 4,018 records wait.',
      details: ['The records stay in Kafka; a consumer continues where the last one stopped.'],
      runbook: 'ConsumerDead',
    });
  });

  it('does not say that it runs when no consumer does, even if nothing waits', () => {
    const consumer = report('degraded', { message: 'the group g has no members, 0 records are waiting' });
    const { text, hold, details } = sentence({ components: { consumer_group: consumer }, consumers: { members: 0 } });
    expect(text).toBe('No consumer runs since 14:02:11. Nothing waits.');
    expect(hold).toBe(text);
    expect(details).toEqual([NOTHING_LOST]);
  });

  it('names another program in the group', () => {
    const consumer = report('down', { message: 'another program is in the group g (client id x, host y)' });
    expect(sentence({ components: { consumer_group: consumer }, consumers: { members: 1 } }).text).toBe(
      'Another program is in the group g (client id x, host y), since 14:02:11.',
    );
  });

  it('names several components that are down', () => {
    const down = report('down', { message: 'connect ECONNREFUSED' });
    expect(
      sentence({ components: { kafka: down, consumer_group: down, producer: down, postgresql: down, mart: down } })
        .text,
    ).toBe('Kafka refuses connections since 14:02:11. PostgreSQL refuses connections since 14:02:11.');
  });

  it('says that the mart is not set up', () => {
    const mart = report('down', { message: 'relation "mart.freshness" does not exist', action: 'Run mart-init.' });
    const postgresql = report('degraded', { message: 'migrations are missing: CreateTables' });
    expect(sentence({ components: { mart, postgresql } })).toMatchObject({
      text: 'The mart is not set up since 14:02:11.',
      action: 'Run mart-init.',
    });
  });

  it('says that a group is stalled', () => {
    const consumer = report('degraded', {
      ...{
        message: '4018 records are waiting, and none was committed for 45 s',
        runbook: 'ConsumerStuck',
        action: 'See its log.',
      },
    });
    expect(sentence({ components: { consumer_group: consumer }, lag: { records: 4018, seconds: 50 } })).toMatchObject({
      text: 'Stalled since 14:02:11: 4018 records are waiting, and none was committed for 45 s.',
      action: 'See its log.',
    });
  });

  it('says that records were never read, before anything else that is not down', () => {
    const mart = report('degraded', {
      message: '3 records were never read',
      action: 'See skipped records.',
      runbook: 'RecordsSkipped',
    });
    const state = {
      components: { mart },
      mart: { skipped_records: 3 },
      accounts: { verdict: 'skipped', skipped: 3 },
    } as const;
    expect(sentence(state)).toMatchObject({
      text: '3 records were never read.',
      details: [
        'Running. Nothing waits, the mart changed 0.4 s ago.',
        '99,294 stored + 706 in quarantine; 3 records of the topic were never read.',
      ],
      runbook: 'RecordsSkipped',
    });
  });

  it('names a degraded component below', () => {
    const kafka = report('degraded', { message: 'topic x: 1 of 3 partitions lack replicas', action: 'Find it.' });
    expect(sentence({ components: { kafka } })).toMatchObject({
      text: 'Running. Nothing waits, the mart changed 0.4 s ago.',
      details: ['Kafka is degraded since 14:02:11: Topic x: 1 of 3 partitions lack replicas.', NOTHING_LOST],
      action: 'Find it.',
      hold: null,
    });
  });

  it('puts silence of the gateway first', () => {
    expect(sentence({}, LIVE, NOW + 7000)).toMatchObject({
      text: 'No news from the gateway for 7 s.',
      details: ['At 14:31:08: Running. Nothing waits, the mart changed 0.4 s ago.', NOTHING_LOST],
      hold: 'No news from the gateway for 7 s.',
    });
  });

  it('works with Spark as the only engine', () => {
    const spark = { engine: 'spark', components: { consumer_group: report('absent'), spark: report('up') } } as const;
    expect(sentence(spark).text).toBe('Running. Nothing waits, the mart changed 0.4 s ago.');
    const down = report('down', { message: 'the job does not answer: fetch failed' });
    expect(sentence({ ...spark, components: { ...spark.components, spark: down } })).toMatchObject({
      text: 'Spark is down since 14:02:11.',
      details: ['The job does not answer: fetch failed.'],
    });
  });

  it.each([
    [
      'repeats',
      { others: 40, records: 100_040 },
      'All 100,040 records of the topic are processed: 99,294 stored + 706 in quarantine; 40 made no row of their own (sent again, an older or newer version, no value, or a transaction marker).',
    ],
    ['running', { records: 100_500, waiting: 500 }, '99,294 stored, 706 in quarantine so far; none was skipped.'],
    [
      'elsewhere',
      { records: 10 },
      '99,294 stored + 706 in quarantine, more than the 10 records of the topic: some came by another way, such as a backfill.',
    ],
    ['complete', { lines: 90_000 }, '99,294 stored + 706 in quarantine = 100,000 records. Nothing is missing.'],
    ['unknown', { records: null }, '99,294 stored, 706 in quarantine.'],
  ] as const)('accounts for the records: %s', (verdict, accounts, text) => {
    expect(sentence({ accounts: { verdict, ...accounts } }).details).toEqual([text]);
  });

  it('is spoken again when the news changes, not when a figure does', () => {
    const kindOf = (changes: Changes) => sentence(changes).kind;
    expect(kindOf({ lag: { records: 5, seconds: 0.4 } })).toBe(kindOf({}));
    expect(kindOf({ lag: { records: 5000, seconds: 40 } })).toBe('behind');
    const down = report('down', { message: 'connect ECONNREFUSED' });
    expect(kindOf({ components: { kafka: down } })).toBe('down kafka');
    expect(kindOf({ components: { kafka: down, postgresql: down } })).toBe('down kafka postgresql');
    expect(kindOf({ components: { kafka: report('degraded') } })).toBe('running, kafka degraded');
    expect(sentence({}, LIVE, NOW + 7000).kind).toBe('silent');
  });

  it('writes numbers and times as the reader does', () => {
    const lag = { records: 1_204_000, seconds: 300, records_per_second: -1000, clear_seconds: 1204 };
    const { text } = flowSentence(stateOf({ lag }), LIVE, NOW, { zone: 'utc', locale: 'de' });
    expect(text).toContain('1.204.000');
  });
});
