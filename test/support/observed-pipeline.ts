import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from '#sample-data/generate.js';
import { consumedBy, type TestApp } from './test-app.js';
import { Pipeline } from './pipeline.js';

const ROWS = 60_000;
const ROWS_PER_SECOND = 1000;

/** A consumer, a gateway, and a producer that sends rows for a minute; some are bad and some repeated. */
export class ObservedPipeline {
  private constructor(
    readonly pipeline: Pipeline,
    readonly apps: Readonly<Record<'producer' | 'consumer' | 'gateway', TestApp>>,
    private readonly folder: string,
  ) {}

  static async start(): Promise<ObservedPipeline> {
    const folder = await mkdtemp(join(tmpdir(), 'observed-'));
    const { files } = await generate({ out: folder, rows: ROWS, dirty: 0.05, duplicates: 0.05 });
    const pipeline = await Pipeline.create();
    const [consumer, gateway] = await Promise.all([pipeline.consumer(), pipeline.start('gateway')]);
    const producer = await pipeline.start('producer', {
      args: ['--file', files.messages, '--rate', String(ROWS_PER_SECOND)],
    });
    await consumer.waitUntil('records are consumed', async () => (await consumedBy(consumer))[0]! > 0);
    return new ObservedPipeline(pipeline, { producer, consumer, gateway }, folder);
  }

  async close(): Promise<void> {
    await this.pipeline.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
