import { beforeEach, describe, expect, it } from '@jest/globals';
import type { KafkaMessage } from 'kafkajs';
import { Metrics } from '#platform/metrics/metrics.js';
import { createRegistry } from '#platform/metrics/metrics.module.js';
import { ConsumerMetrics } from './consumer-metrics.js';
import type { Chunk } from './transport/kafka-batch.js';

const NOW = 1_700_000_000_000;

/** Records with these ages in milliseconds. */
function chunk(...ages: number[]): Chunk {
  const messages = ages.map((age) => ({ timestamp: String(NOW - age) }) as KafkaMessage);
  return { topic: 'messages', partition: 0, messages, next: String(messages.length) };
}

describe('ConsumerMetrics', () => {
  let metrics: Metrics;
  let consumerMetrics: ConsumerMetrics;

  beforeEach(() => {
    metrics = new Metrics(createRegistry('consumer'));
    consumerMetrics = new ConsumerMetrics(metrics);
  });

  /** Samples of the latency histogram: by bucket, sum and count. */
  async function latency(): Promise<Record<string, number>> {
    const { values } = await metrics.countedHistogram('latency').get();
    const samples = values.map(({ metricName, labels, value }): [string, number] => [
      String(labels.le ?? metricName.split('_').at(-1)),
      value,
    ]);
    return Object.fromEntries(samples);
  }

  it('observes the age of every record, with or without repeated timestamps', async () => {
    consumerMetrics.visible([chunk(40, 40, 40, 700), chunk(700, 40), chunk(3_600_000), chunk(86_400_001)], NOW);

    expect(await latency()).toMatchObject({ 0.1: 4, 0.5: 4, 1: 6, 900: 6, 3600: 7, 86400: 7, '+Inf': 8, count: 8 });
    expect((await latency()).sum).toBeCloseTo(4 * 0.04 + 2 * 0.7 + 3600 + 86_400.001, 6);
  });

  it('includes the upper bound in a bucket', async () => {
    consumerMetrics.visible([chunk(100, 250, 251)], NOW);

    expect(await latency()).toMatchObject({ 0.1: 1, 0.25: 2, 0.5: 3 });
  });

  it('counts a record from the future, written with a fast clock, as new', async () => {
    consumerMetrics.visible([chunk(-5000, -1)], NOW);

    expect(await latency()).toMatchObject({ 0.1: 2, count: 2, sum: 0 });
  });
});
