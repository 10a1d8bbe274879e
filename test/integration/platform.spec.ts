import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { databaseShape } from '#platform/config/database-config.js';
import { readEnv } from '#platform/config/env.js';
import { kafkaShape } from '#platform/config/kafka-config.js';
import { dataSourceOptions } from '#platform/database/data-source-options.js';
import { inTransaction } from '#platform/database/in-transaction.js';
import { withConnection } from '#platform/database/with-connection.js';
import { classifyDatabaseError, sqlStateOf } from '#platform/database/sql-state.js';
import { TopicError } from '#platform/errors/topic-error.js';
import { createKafka } from '#platform/kafka/create-kafka.js';
import { ensureTopic } from '#platform/kafka/ensure-topic.js';

describe('ensureTopic', () => {
  const kafka = createKafka(readEnv(kafkaShape), 'platform-spec');
  const admin = kafka.admin();
  const topics: string[] = [];

  function newTopic(): string {
    const topic = `platform-${randomBytes(6).toString('hex')}`;
    topics.push(topic);
    return topic;
  }

  beforeAll(() => admin.connect());

  afterEach(() => {
    jest.restoreAllMocks();
  });

  afterAll(async () => {
    const known = await admin.listTopics();
    await admin.deleteTopics({ topics: topics.filter((topic) => known.includes(topic)) });
    await admin.disconnect();
  });

  it('creates a missing topic with its partitions and settings', async () => {
    const topic = newTopic();
    const config = { 'cleanup.policy': 'compact', 'max.message.bytes': '8388608' };

    const result = await ensureTopic(admin, { topic, partitions: 3, replication: 1, config }, ['Read']);

    expect(result).toEqual({ created: true, partitions: 3, topicId: expect.stringMatching(/^[\w-]{22}$/) });
    const described = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: 2, name: topic, configNames: Object.keys(config) }],
    });
    const entries = described.resources[0]?.configEntries.map((entry) => [entry.configName, entry.configValue]);
    expect(Object.fromEntries(entries ?? [])).toEqual(config);
  });

  it('tolerates other clients that create the same topic at the same time', async () => {
    const topic = newTopic();

    const results = await Promise.all(
      Array.from({ length: 8 }, () => ensureTopic(admin, { topic, partitions: 2, replication: 1 }, ['Read'])),
    );

    expect(results.filter(({ created }) => created)).toHaveLength(1);
    expect(results.every(({ partitions }) => partitions === 2)).toBe(true);
  });

  it('leaves an existing topic with fewer partitions unchanged, and warns', async () => {
    const topic = newTopic();
    const warnings = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    await ensureTopic(admin, { topic, partitions: 2, replication: 1 }, ['Read']);

    const result = await ensureTopic(admin, { topic, partitions: 5, replication: 1 }, ['Read']);

    expect(result).toMatchObject({ created: false, partitions: 2 });
    expect(warnings.mock.calls.map(([message]) => String(message))).toEqual([
      `Topic ${topic} has 2 partitions, fewer than the configured 5; it is left unchanged`,
    ]);
  });

  it('says what to do when there are too few brokers for the replication factor', async () => {
    const creation = ensureTopic(admin, { topic: newTopic(), partitions: 1, replication: 9 }, ['Read']);

    await expect(creation).rejects.toThrow(/at least 9 of them/);
    await expect(creation).rejects.toMatchObject({ code: 'TOPIC_UNAVAILABLE', retriable: false });
    await expect(creation).rejects.toBeInstanceOf(TopicError);
  });
});

describe('a DataSource of the pipeline', () => {
  let dataSource: DataSource;

  beforeAll(async () => {
    const config = readEnv(databaseShape, {
      ...process.env,
      DATABASE_POOL_SIZE: '1',
      DATABASE_STATEMENT_TIMEOUT_MS: '300',
    });
    dataSource = await new DataSource(dataSourceOptions(config, { applicationName: 'platform-spec' })).initialize();
  });

  afterAll(() => dataSource.destroy());

  async function backend(): Promise<number> {
    const question = 'SELECT pg_backend_pid() AS pid';
    const { rows } = await withConnection(dataSource, (_runner, client) => client.query<{ pid: number }>(question));
    return rows[0]?.pid ?? 0;
  }

  it('uses UTC and its application name', async () => {
    const rows: unknown = await dataSource.query(
      `SELECT current_setting('timezone') AS zone, current_setting('application_name') AS name`,
    );
    expect(rows).toEqual([{ zone: 'UTC', name: 'platform-spec' }]);
  });

  it('commits, or rolls everything back and keeps the connection', async () => {
    const pid = await backend();
    await dataSource.query('CREATE TEMPORARY TABLE marks (n int PRIMARY KEY)');
    const mark = (...numbers: number[]) =>
      inTransaction(dataSource, async (runner, client) => {
        for (const n of numbers) await runner.query('INSERT INTO marks VALUES ($1)', [n]);
        return (await client.query<{ n: number }>('SELECT n FROM marks ORDER BY n')).rows.map(({ n }) => n);
      });

    await expect(mark(1, 2)).resolves.toEqual([1, 2]);
    const duplicate = mark(3, 1);
    await expect(duplicate).rejects.toThrow(/duplicate key/);
    expect(sqlStateOf(await duplicate.catch((error: unknown) => error))).toBe('23505');
    await expect(mark(4)).resolves.toEqual([1, 2, 4]);
    expect(await backend()).toBe(pid);
  });

  it('drops a connection whose statement timed out, so that the next attempt gets another one', async () => {
    const pid = await backend();

    const slow = inTransaction(dataSource, (runner) => runner.query('SELECT pg_sleep(30)'));

    const error: unknown = await slow.catch((reason: unknown) => reason);
    expect([sqlStateOf(error), classifyDatabaseError(error)]).toEqual(['57014', 'outage']);
    expect(await backend()).not.toBe(pid);
  });

  it('survives when the server ends a connection, in use or idle', async () => {
    const own = inTransaction(dataSource, (runner) => runner.query('SELECT pg_terminate_backend(pg_backend_pid())'));
    const error: unknown = await own.catch((reason: unknown) => reason);
    expect(classifyDatabaseError(error)).toBe('outage');

    const idle = await backend();
    const other = await new DataSource(dataSource.options).initialize();
    await other.query('SELECT pg_terminate_backend($1)', [idle]);
    await other.destroy();

    // The pool may not have noticed yet; at most one attempt gets the dead connection.
    const first = await backend().catch((reason: unknown) => classifyDatabaseError(reason));
    const answer = first === 'outage' ? await backend() : first;
    expect(answer).toEqual(expect.any(Number));
    expect(answer).not.toBe(idle);
  });
});
