import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import { readEnv } from '#platform/config/env.js';
import { kafkaShape } from '#platform/config/kafka-config.js';
import { createKafka } from '#platform/kafka/create-kafka.js';
import { positionsTopicOf } from '#platform/producer-positions/file-position.js';
import { choosePort } from '../../dev/services/ports.js';
import { differences, setStage, type ChaosStage } from '../support/chaos.js';
import { systemHealth } from '../support/gateway-client.js';
import { readMart } from '../support/mart.js';
import { query } from '../support/mart-database.js';
import { Pipeline } from '../support/pipeline.js';
import { lineOf, numbers, recordOf, version } from '../support/records.js';
import { waitUntil } from '../support/wait-until.js';

jest.setTimeout(120_000);

const SEGMENT_MS = 100;

const ROWS = 500;
const PARTITIONS = 6;

describe('a broker with an IPv6 address, automatic topic creation and a busy log cleaner', () => {
  let stage: ChaosStage;
  let brokers: string;
  let admin: Admin;

  beforeAll(async () => {
    const port = await choosePort([]);
    stage = await setStage('broker-settings', ROWS, {
      proxiedKafka: { host: '[::1]', port, advertisedPort: port },
      kafkaSettings: {
        'auto.create.topics.enable': true,
        'num.partitions': 1,
        'log.cleaner.backoff.ms': 100,
        'log.retention.check.interval.ms': 200,
        'log.segment.delete.delay.ms': 100,
      },
    });
    brokers = `[::1]:${port}`;
    // The apps' own client. A plain kafkajs client would make the broker create the topic that it asks about.
    admin = createKafka(readEnv(kafkaShape, { KAFKA_BROKERS: brokers }), 'spec').admin();
    await admin.connect();
  });

  afterAll(async () => {
    await admin?.disconnect();
    await stage?.close();
  });

  /** Undefined if the topic does not exist. */
  async function partitionsOf(topic: string): Promise<number | undefined> {
    if (!(await admin.listTopics()).includes(topic)) return undefined;
    return (await admin.fetchTopicMetadata({ topics: [topic] })).topics[0]!.partitions.length;
  }

  it('gets deleted topics back as configured, and only from the producer or the consumer', async () => {
    const { pipeline, file } = stage;
    const env = { KAFKA_BROKERS: brokers };
    const gateway = await pipeline.start('gateway', { env });
    const consumer = await pipeline.consumer(env);
    const producer = await pipeline.start('producer', { args: ['--file', file, '--watch', '1'], env });
    await waitUntil('the topic exists', () => partitionsOf(pipeline.topic));
    expect(await partitionsOf(pipeline.topic)).toBe(PARTITIONS);
    await waitUntil('all rows are in the mart', async () => (await differences(stage)).mart.length === 0);

    const topics = [pipeline.topic, positionsTopicOf(pipeline.topic)];
    await admin.deleteTopics({ topics });
    await consumer.waitUntil('the consumer reports the deletion', () => consumer.output.includes('deleted'));
    await waitUntil('the topic exists again', () => partitionsOf(pipeline.topic));
    expect(await partitionsOf(pipeline.topic)).toBe(PARTITIONS);

    await Promise.all([consumer.kill(), producer.kill()]);
    const left = async () => (await admin.listTopics()).filter((topic) => topics.includes(topic));
    await admin.deleteTopics({ topics: await left() });
    await waitUntil('the topics are gone', async () => (await left()).length === 0);
    const goneSince = Date.now();
    await gateway.waitUntil('the gateway reports that they do not exist', async () => {
      const { kafka, producer: produced } = (await systemHealth(gateway)).parts;
      return [kafka, produced].every(
        ({ message, answered_at: at }) => message?.includes('does not exist') && Date.parse(String(at)) > goneSince,
      );
    });
    expect(await left()).toEqual([]);
    await gateway.kill();
  });

  it('compacts a topic and later deletes its records: the consumer reads the rest and commits up to the end', async () => {
    const pipeline = await Pipeline.create({ servers: stage.servers, partitions: 1 });
    try {
      const configEntries = Object.entries({
        'cleanup.policy': 'compact',
        'segment.ms': String(SEGMENT_MS),
        'min.cleanable.dirty.ratio': '0.01',
      }).map(([name, value]) => ({ name, value }));
      await pipeline.createTopic({ configEntries });
      for (const round of numbers(4)) {
        await pipeline.send(numbers(20).map((id) => recordOf(id, version(round))));
        // Until the segment may close: the broker never compacts the last one.
        await sleep(SEGMENT_MS + 50);
      }
      await pipeline.sendInTransaction(
        numbers(10).map((id) => recordOf(1000 + id)),
        'abort',
      );
      const isCompacted = async () => {
        const left = await pipeline.readTopic();
        if (left.length > 40) throw new Error(`${left.length} records left`);
        return true;
      };
      await waitUntil('the broker has compacted the topic', isCompacted, 60_000);
      const first = await pipeline.consumer();
      await pipeline.caughtUp();
      expect([...(await readMart(pipeline.databaseUrl)).values()].sort()).toEqual(
        numbers(20)
          .map((id) => lineOf(id, version(3)))
          .sort(),
      );
      await first.stop();

      await pipeline.send(numbers(10).map((id) => recordOf(100 + id)));
      await pipeline.setTopic('retention.ms', '1');
      await waitUntil('the broker has deleted all records', async () => {
        const [partition] = await admin.fetchTopicOffsets(pipeline.topic);
        return partition!.low === partition!.high;
      });
      const gateway = await pipeline.start('gateway');
      await pipeline.consumer();
      await pipeline.caughtUp();
      await gateway.waitUntil('the gateway reports no lag', async () => {
        const { consumer_group: group } = (await systemHealth(gateway)).parts;
        return group.status === 'up' && group['lag'] === 0;
      });
      const counted = 'SELECT sum(to_offset - from_offset)::integer AS records FROM skipped_records';
      expect(await query(pipeline.databaseUrl, counted)).toEqual([{ records: 10 }]);
    } finally {
      await pipeline.close();
    }
  });
});
