import type { Admin } from 'kafkajs';
import type { AppProcess } from './app-process.js';
import type { Apps } from './apps.js';
import { Counts } from './counts.js';
import type { Engine } from './engine.js';
import { lagOf } from './kafka-admin.js';
import type { ScrapeTarget } from './scrape-targets.js';
import { StageClock } from './stage-clock.js';

/** The consumer app. Kafka knows how far its group is. */
export class ConsumerEngine implements Engine {
  readonly name = 'consumer';
  readonly pages = [];
  readonly gatewaySettings = {};
  readonly consuming = new StageClock();
  behind: number | undefined;
  private app: AppProcess | undefined;

  constructor(private readonly apps: Apps) {}

  get counts(): Counts {
    return this.app?.counts ?? new Counts();
  }

  get scrapeTargets(): readonly ScrapeTarget[] {
    return this.app?.scrapeTargets ?? [];
  }

  async start(): Promise<void> {
    this.app = this.apps.start({ name: 'consumer' });
    await this.app.whenListening();
  }

  async refresh(admin: Admin): Promise<void> {
    const { CONSUMER_GROUP_ID: group, KAFKA_TOPIC: topic } = this.apps.settings;
    await this.app!.checkRunning();
    this.behind = await lagOf(admin, group, topic).catch(() => undefined);
    await this.app!.readCounts();
    this.consuming.update(this.counts.sum('messages_consumed_total'));
  }
}
