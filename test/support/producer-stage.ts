import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestApp } from './test-app.js';
import { ProducedTopic } from './produced-topic.js';

/** A folder and a topic for one test, and the producers started on them. */
export class ProducerStage {
  private readonly producers: TestApp[] = [];

  private constructor(
    readonly folder: string,
    readonly topic: ProducedTopic,
    private readonly partitions: number,
  ) {}

  static async create(partitions: number): Promise<ProducerStage> {
    return new ProducerStage(await mkdtemp(join(tmpdir(), 'producer-spec-')), await ProducedTopic.create(), partitions);
  }

  start(...args: string[]): TestApp {
    const producer = new TestApp('producer', {
      args,
      env: {
        KAFKA_BROKERS: process.env['KAFKA_BROKERS'],
        KAFKA_TOPIC: this.topic.name,
        KAFKA_TOPIC_PARTITIONS: String(this.partitions),
      },
    });
    this.producers.push(producer);
    return producer;
  }

  async close(): Promise<void> {
    await Promise.all(this.producers.map((producer) => producer.kill()));
    await rm(this.folder, { recursive: true });
    await this.topic.delete();
  }
}
