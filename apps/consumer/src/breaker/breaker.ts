import { Logger } from '@nestjs/common';
import type { HealthRegistry, HealthState } from '#platform/health/health-registry.js';
import { orAborted } from '#platform/retry/or-aborted.js';
import { grouped } from '#platform/terminal/screen.js';
import type { ConsumerMetrics } from '../consumer-metrics.js';
import { RejectionWindow, type Judged } from './rejection-window.js';

export interface BreakerSettings {
  /** The breaker opens when more than this share of the records is bad; 1 turns it off. */
  readonly share: number;
  /** Records that it needs to judge. */
  readonly records: number;
  /** Whether to accept bad records until their share has fallen to the limit. */
  readonly accepting: boolean;
}

interface Opened {
  readonly problem: string;
  /** Resolves when the held batches may continue. */
  readonly released: Promise<void>;
  readonly release: () => void;
}

const REASONS_SHOWN = 3;

/**
 * Holds batches before they are written when most records are bad, because then a changed source or a wrong contract is likelier
 * than bad records, and filling the quarantine helps nobody. Nothing is lost: a held batch is not committed.
 *
 * Heartbeats continue while batches are held, as in an outage of the database.
 */
export class Breaker {
  private readonly logger = new Logger(Breaker.name);
  private readonly window: RejectionWindow;
  private opened: Opened | undefined;
  /** Whether bad records were accepted by an operator. Ends when their share has fallen to the limit. */
  private isAccepting: boolean;

  constructor(
    private readonly settings: BreakerSettings,
    health: HealthRegistry,
    private readonly metrics: Pick<ConsumerMetrics, 'breakerOpen'>,
  ) {
    this.window = new RejectionWindow(settings.records);
    this.isAccepting = settings.accepting;
    metrics.breakerOpen(false);
    health.registerReadiness('breaker', () => this.state());
  }

  /** Resolves when the batch may be written. @throws the signal's reason */
  async pass(batch: Judged, signal: AbortSignal): Promise<void> {
    if (this.settings.share >= 1) return;
    // No await between the loop's end and judging: another batch could open the breaker there.
    while (this.isOpen()) await this.released(signal);
    this.judge(batch);
    while (this.isOpen()) await this.released(signal);
  }

  /** Lets the held batches continue, and accepts bad records until their share has fallen. @returns false if it is not open */
  continue(): boolean {
    if (!this.opened) return false;
    const { release } = this.opened;
    this.opened = undefined;
    this.isAccepting = true;
    this.metrics.breakerOpen(false);
    this.logger.warn(
      'Continuing as told: bad records go to quarantine; the breaker is armed again when their share has fallen',
    );
    release();
    return true;
  }

  private isOpen(): boolean {
    return this.opened !== undefined;
  }

  private async released(signal: AbortSignal): Promise<void> {
    await orAborted(this.opened!.released, signal);
  }

  private judge(batch: Judged): void {
    const { window, settings } = this;
    window.add(batch);
    if (!window.isFull) return;
    if (window.share > settings.share) {
      if (!this.isAccepting) this.open();
    } else if (this.isAccepting) {
      this.isAccepting = false;
      this.logger.log(`The breaker is armed: ${this.share()}`);
    }
  }

  private open(): void {
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const problem = this.problem();
    this.opened = { problem, released, release };
    this.metrics.breakerOpen(true);
    this.logger.error(problem);
  }

  private problem(): string {
    const reasons = this.window.commonest(REASONS_SHOWN).map(([reason, records]) => `${reason} (${grouped(records)})`);
    return (
      `reading has stopped: ${this.share()}. Commonest reasons: ${reasons.join(', ')}. ` +
      'The records wait in Kafka, so nothing is lost. If they are right, deploy a consumer that accepts them. If they are wrong, correct ' +
      'their source, then let the consumer quarantine them: start it with --continue, or send POST /breaker/continue'
    );
  }

  /** Such as "1,800 of the last 3,000 records are bad (60 %, limit 50 %)". */
  private share(): string {
    const { rejected, records, share } = this.window;
    const limit = percent(this.settings.share);
    return `${grouped(rejected)} of the last ${grouped(records)} records are bad (${percent(share)}, limit ${limit})`;
  }

  private state(): HealthState {
    if (this.opened) return { up: false, detail: this.opened.problem };
    if (this.settings.share >= 1) return { up: true, detail: 'off' };
    if (this.isAccepting) return { up: true, detail: `accepting bad records as told: ${this.share()}` };
    return { up: true };
  }
}

/** With one decimal, so that 50.1 % is not shown as the limit of 50 %. */
function percent(share: number): string {
  return `${(share * 100).toLocaleString('en', { maximumFractionDigits: 1 })} %`;
}
