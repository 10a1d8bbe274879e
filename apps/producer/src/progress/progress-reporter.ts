import { Logger } from '@nestjs/common';
import { takesEscapes } from '#platform/config/terminal-config.js';
import { progressBar, progressText, type ProgressSnapshot } from './progress.js';

const BAR_EVERY_MS = 200;
const LOG_EVERY_MS = 5_000;
const DEFAULT_WIDTH = 80;
const CLEAR_LINE = '\r\u001b[K';

/** Shows progress while rows are produced: a bar on a terminal, otherwise a log line every few seconds. */
export class ProgressReporter {
  private readonly logger = new Logger('Progress');
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly snapshot: () => ProgressSnapshot,
    private readonly terminal: NodeJS.WriteStream = process.stderr,
    private readonly redraws = takesEscapes(terminal),
  ) {}

  start(): void {
    this.timer = this.redraws
      ? setInterval(() => this.drawBar(), BAR_EVERY_MS)
      : setInterval(() => this.logger.log(`${this.snapshot().file}: ${progressText(this.snapshot())}`), LOG_EVERY_MS);
  }

  stop(): void {
    clearInterval(this.timer);
    if (!this.redraws) return;
    // The final state stays on screen, so it is not cut to the width.
    this.terminal.write(`${CLEAR_LINE}${progressBar(this.snapshot())}\n`);
  }

  private drawBar(): void {
    // A terminal of unknown width reports 0.
    const width = this.terminal.columns || DEFAULT_WIDTH;
    this.terminal.write(CLEAR_LINE + progressBar(this.snapshot()).slice(0, width));
  }
}
