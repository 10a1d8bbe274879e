import type { Admin } from 'kafkajs';
import { OpenTransactions } from '#platform/kafka/open-transactions.js';
import type { AppProcess } from './app-process.js';
import type { Apps } from './apps.js';
import { Counts } from './counts.js';
import type { Engine } from './engine.js';
import { readPositionsOf } from './kafka-admin.js';
import type { ScrapeTarget } from './scrape-targets.js';
import { StageClock } from './stage-clock.js';

/** The consumer app. Its progress is the committed offsets of its group. */
export class ConsumerEngine implements Engine {
  readonly name = 'consumer';
  readonly pages = [];
  readonly gatewaySettings = {};
  readonly consuming = new StageClock();
  behind: number | undefined;
  waitsFor: string | undefined;
  private readonly openTransactions = new OpenTransactions();
  private app: AppProcess | undefined;

  /** @param continues whether the consumer accepts bad records until their share has fallen */
  constructor(
    private readonly apps: Apps,
    private readonly continues = false,
  ) {}

  get counts(): Counts {
    return this.app?.counts ?? new Counts();
  }

  get scrapeTargets(): readonly ScrapeTarget[] {
    return this.app?.scrapeTargets ?? [];
  }

  async start(): Promise<void> {
    this.app = this.apps.start({ name: 'consumer', args: this.continues ? ['--continue'] : [] });
    await this.app.whenListening();
  }

  async refresh(admin: Admin): Promise<void> {
    const { CONSUMER_GROUP_ID: group, KAFKA_TOPIC: topic } = this.apps.settings;
    await this.app!.checkRunning();
    const positions = await readPositionsOf(admin, group, topic).catch(() => undefined);
    // Both are read at the same time, so a committed offset may lie beyond an end offset.
    this.behind = positions?.reduce((sum, { next, end }) => sum + Math.max(0, end - next), 0);
    const isHeldUp = (positions ?? []).map((position) => this.openTransactions.check(position)).some(Boolean);
    await this.app!.readCounts();
    this.waitsFor = isHeldUp
      ? 'another producer holds a transaction open'
      : this.counts.sum('messages_breaker_open') > 0
        ? `stopped, because most records are bad: see ${this.app!.logFile}; to accept them, add --continue to npm start`
        : undefined;
    this.consuming.update(this.counts.sum('messages_consumed_total'));
  }
}
