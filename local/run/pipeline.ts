import { mkdir } from 'node:fs/promises';
import kafkajs, { type Admin } from 'kafkajs';
import { contract } from '#schema/contract.js';
import { choosePort } from '../services/ports.js';
import { splitBrokers } from '../services/services.js';
import { AppProcess, type AppOptions } from './app-process.js';
import { appEnvironment } from './config/environment.js';
import type { DataFiles } from './data-files.js';
import { passwordsOf, type RoleUrls } from './role-urls.js';
import { topicState, type TopicState } from './topic-state.js';
import { bar, grouped, type Screen } from './screen.js';
import { StageClock } from './stage-clock.js';

const POLL_MS = 200;
const GATEWAY_PORT = 3000;
const GROUP = 'messages-consumer';

/** The apps of the run as processes: mart-init, then consumer and gateway, then the producer. */
export class Pipeline {
  readonly producing = new StageClock();
  readonly consuming = new StageClock();
  /** What the topic held before this run. */
  private recordsBefore = 0;
  private topic: TopicState = { records: 0, lag: 0 };
  private produced = false;
  private readonly apps: AppProcess[] = [];
  private consumer: AppProcess | undefined;
  private producer: AppProcess | undefined;
  gateway: AppProcess | undefined;

  constructor(
    private readonly kafkaBrokers: string,
    private readonly roles: RoleUrls,
    private readonly logDir: string,
    private readonly screen: Screen,
  ) {}

  /** @throws Error when the reference files or the migrations fail; the message holds the end of the log */
  async initMart(reference: string | undefined): Promise<void> {
    await mkdir(this.logDir, { recursive: true });
    const began = performance.now();
    const martInit = this.start({ name: 'mart-init', args: reference === undefined ? [] : ['--reference', reference] });
    await martInit.whenDone();
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    this.screen.say(
      `mart-init   tables ready${reference === undefined ? '' : ', reference files loaded'} in ${seconds} s`,
    );
  }

  async startServices(): Promise<void> {
    this.consumer = this.start({ name: 'consumer' });
    this.gateway = this.start({ name: 'gateway' }, await choosePort([GATEWAY_PORT]));
    await Promise.all([this.consumer.whenListening(), this.gateway.whenListening()]);
    this.screen.say(`consumer    started; gateway on http://localhost:${this.gateway.port}`);
  }

  /** Produces the files and waits until the consumer has committed all of it. */
  async stream(files: DataFiles, rate: number | undefined, signal: AbortSignal): Promise<void> {
    const { Kafka, logLevel } = kafkajs;
    const kafka = new Kafka({ brokers: splitBrokers(this.kafkaBrokers), logLevel: logLevel.NOTHING });
    const admin = kafka.admin();
    await admin.connect();
    this.topic = await this.readTopic(admin);
    this.recordsBefore = this.topic.records;

    const pace = rate === undefined ? [] : ['--rate', String(rate)];
    this.producer = this.start({ name: 'producer', args: ['--file', files.messages, ...pace] });
    const done = this.producer.whenDone().then(() => (this.produced = true));
    done.catch(() => undefined); // thrown where it is awaited
    const consumerGone = this.consumer!.exited.then(() => this.consumer!.whenListening());
    try {
      for (;;) {
        const final = this.produced;
        await Promise.race([this.refresh(admin), consumerGone]);
        signal.throwIfAborted();
        if (final && this.topic.lag === 0) break;
        this.screen.show(() => this.state());
        await Promise.race([delay(POLL_MS), ...(this.produced ? [] : [done])]);
      }
      await this.consumer!.readCounts();
    } finally {
      await admin.disconnect();
    }
    this.screen.finish(this.state());
  }

  get counts() {
    return { producer: this.producer!.counts, consumer: this.consumer!.counts };
  }

  /** The producer first, so that what is in flight still arrives. */
  async stop(): Promise<void> {
    for (const app of this.apps.reverse()) await app.stop();
  }

  private async refresh(admin: Admin): Promise<void> {
    const { producer, consumer } = this;
    await Promise.all([
      // Counted by the brokers, because the producer is gone before its last counters could be read.
      this.readTopic(admin).then((topic) => {
        this.topic = topic;
        this.producing.update(topic.records - this.recordsBefore);
      }),
      consumer!.readCounts().then(() => this.consuming.update(consumer!.counts.sum('messages_consumed_total'))),
      producer!.readCounts(),
    ]);
  }

  /** Keeps the last answer until the topic is there and while the brokers do not answer. */
  private readTopic(admin: Admin): Promise<TopicState> {
    return topicState(admin, GROUP, contract.topic).catch(() => this.topic);
  }

  private state(): string[] {
    const { producer, consumer } = this.counts;
    const size = producer.sum('messages_source_size_bytes');
    const read = this.produced ? size : producer.sum('messages_source_read_bytes_total');
    const share = this.produced ? 1 : size > 0 ? read / size : 0;
    const left = share > 0 && share < 1 ? `${Math.ceil((this.producing.seconds * (1 - share)) / share)} s left` : '';
    const stored = consumer.sum('messages_stored_total');
    const unchanged = consumer.sum('messages_unchanged_total');
    const rejected = this.consuming.rows - stored - unchanged - consumer.sum('messages_tombstones_total');
    return [
      `producer    ${bar(share)}  ${grouped(this.producing.rows)} rows  ${(read / 1e6).toFixed(1)} MB  ${grouped(this.producing.rate)} rows/s  ${left}`,
      `consumer    ${grouped(this.consuming.rows)} records  ${grouped(this.consuming.rate)} rows/s  ${grouped(this.topic.lag)} behind  ` +
        `${grouped(stored)} stored  ${grouped(unchanged)} unchanged  ${grouped(rejected)} rejected`,
    ];
  }

  private start(app: Pick<AppOptions, 'name' | 'args'>, port = 0): AppProcess {
    const env = appEnvironment({
      KAFKA_BROKERS: this.kafkaBrokers,
      ...(app.name === 'mart-init'
        ? { DATABASE_URL: this.roles.owner, ...passwordsOf(this.roles) }
        : { DATABASE_URL: this.roles.apps }),
      KAFKA_TOPIC: contract.topic,
      CONSUMER_GROUP_ID: GROUP,
      HOST: '127.0.0.1',
      PORT: String(port),
      LOG_FORMAT: 'text',
      NO_COLOR: '1',
    });
    const process = new AppProcess({ ...app, env, logDir: this.logDir });
    this.apps.push(process);
    return process;
  }
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
