import { mkdir } from 'node:fs/promises';
import type { Admin } from 'kafkajs';
import { choosePort } from '../services/ports.js';
import type { AppProcess } from './app-process.js';
import type { Apps } from './apps.js';
import type { DataFiles } from './data-files.js';
import { progressOf, type Engine } from './engine.js';
import { withAdmin } from './kafka-admin.js';
import type { ScrapeTargets } from './scrape-targets.js';
import { bar, grouped, type Screen } from '#platform/terminal/screen.js';
import { StageClock } from './stage-clock.js';

const POLL_MS = 200;
const GATEWAY_PORT = 3000;

/** Runs mart-init, then the engines and the gateway, then the producer. */
export class Pipeline {
  readonly producing = new StageClock();
  gateway: AppProcess | undefined;
  private producer: AppProcess | undefined;
  private produced = false;

  /**
   * @param scrapeTargets Prometheus' list of running processes
   * @param engine the live writer of the mart
   * @param follower a second engine behind it
   */
  constructor(
    private readonly apps: Apps,
    private readonly screen: Screen,
    private readonly scrapeTargets: ScrapeTargets,
    readonly engine: Engine,
    readonly follower?: Engine,
  ) {}

  /** @throws Error if the reference files or the migrations fail, with the end of the log */
  async initMart(reference: string | undefined): Promise<void> {
    await mkdir(this.apps.logDir, { recursive: true });
    const began = performance.now();
    const martInit = this.apps.start({
      name: 'mart-init',
      args: reference === undefined ? [] : ['--reference', reference],
    });
    await martInit.whenDone();
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    this.screen.say(
      `mart-init   tables ready${reference === undefined ? '' : ', reference files loaded'} in ${seconds} s`,
    );
  }

  async startServices(signal: AbortSignal): Promise<void> {
    await Promise.all(this.engines.map((engine) => engine.start(signal)));
    const settings = Object.assign({}, ...this.engines.map((engine) => engine.gatewaySettings)) as Record<
      string,
      string
    >;
    this.gateway = this.apps.start({ name: 'gateway' }, await choosePort([GATEWAY_PORT]), settings);
    await this.gateway.whenListening();
    await this.updateScrapeTargets();
    for (const { name } of this.engines) this.screen.say(`${name.padEnd(12)}started`);
    this.screen.say(`gateway     http://localhost:${this.gateway.port}/ shows the pipeline and the mart live`);
  }

  /** Produces the files and waits until the engines have processed all records. */
  async stream(files: DataFiles, rate: number | undefined, signal: AbortSignal): Promise<void> {
    await withAdmin(this.apps.kafkaBrokers, async (admin) => {
      const pace = rate === undefined ? [] : ['--rate', String(rate)];
      this.producer = this.apps.start({
        name: 'producer',
        args: [...files.messages.flatMap((file) => ['--file', file]), ...pace],
      });
      const done = this.producer.whenDone().then(() => (this.produced = true));
      done.catch(() => undefined); // thrown where it is awaited
      for (;;) {
        const final = this.produced;
        await this.refresh(admin);
        signal.throwIfAborted();
        if (final && this.engines.every(({ behind }) => behind === 0)) break;
        this.screen.show(() => this.state());
        await Promise.race([delay(POLL_MS), ...(this.produced ? [] : [done])]);
      }
      await this.refresh(admin); // an engine may have counted its last records after the last poll
    });
    this.screen.finish(this.state());
  }

  get pages() {
    return this.engines.flatMap(({ pages }) => pages);
  }

  async stop(): Promise<void> {
    await this.scrapeTargets.remove();
    await this.apps.stop();
  }

  private get engines(): readonly Engine[] {
    return this.follower ? [this.engine, this.follower] : [this.engine];
  }

  private async refresh(admin: Admin): Promise<void> {
    await Promise.all([this.producer!.readCounts(), ...this.engines.map((engine) => engine.refresh(admin))]);
    // Not from the offsets of the topic, which include records of other producers and transaction markers.
    this.producing.update(this.producer!.counts.sum('messages_produced_total'));
    await this.updateScrapeTargets();
  }

  private async updateScrapeTargets(): Promise<void> {
    await this.scrapeTargets.update(
      [this.gateway, this.producer, ...this.engines].flatMap((process) => process?.scrapeTargets ?? []),
    );
  }

  private state(): string[] {
    const { counts } = this.producer!;
    const size = counts.sum('messages_source_size_bytes');
    const read = this.produced ? size : counts.sum('messages_source_read_bytes_total');
    const share = this.produced ? 1 : size > 0 ? read / size : 0;
    const left = share > 0 && share < 1 ? `${Math.ceil((this.producing.seconds * (1 - share)) / share)} s left` : '';
    return [
      `producer    ${bar(share)}  ${grouped(this.producing.rows)} rows  ${(read / 1e6).toFixed(1)} MB  ${grouped(this.producing.rate)} rows/s  ${left}`,
      ...this.engines.map(progressOf),
    ];
  }
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
