import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { Metrics } from '#platform/metrics/metrics.js';
import { BatchSender } from '../../apps/producer/src/kafka/batch-sender.js';
import { RecordBatch } from '../../apps/producer/src/kafka/record-batch.js';
import { Pipeline } from '../support/pipeline.js';

describe('BatchSender', () => {
  let pipeline: Pipeline;
  let sender: BatchSender;

  beforeEach(async () => {
    pipeline = await Pipeline.create({ partitions: 2 });
    await pipeline.createTopic();
    sender = new BatchSender(pipeline.kafka, new Metrics(new Registry()));
    await sender.connect();
  });
  afterEach(async () => {
    await sender.disconnect();
    await pipeline.close();
  });

  const send = (partition: number, ...values: string[]) =>
    sender.send([{ topic: pipeline.topic, partition, batch: batchOf(values) }]);
  const valuesInTopic = async () => (await pipeline.readTopic()).map(({ value }) => String(value)).sort();

  it('counts the sequence of each partition separately', async () => {
    await send(0, 'a', 'b');
    await send(1, 'c');
    await send(0, 'd');
    expect(await valuesInTopic()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('continues with a new id when the broker has lost records sent under the old one', async () => {
    await send(0, 'a');
    // As if the broker had lost the end of its log: the next sequence number does not follow its last one.
    const { sequences } = sender as unknown as { sequences: Map<string, number> };
    sequences.set(`${pipeline.topic}/0`, 100);
    await send(0, 'b');
    await send(1, 'c');
    await send(0, 'd');
    expect(await valuesInTopic()).toEqual(['a', 'b', 'c', 'd']);
  });
});

function batchOf(values: readonly string[]): RecordBatch {
  const batch = new RecordBatch();
  for (const value of values) batch.append(Buffer.alloc(0), -1, Buffer.from(value), value.length);
  return batch;
}
