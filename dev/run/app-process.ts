import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Counts } from './counts.js';
import type { ScrapeTarget } from './scrape-targets.js';

export interface AppOptions {
  readonly name: 'mart-init' | 'producer' | 'consumer' | 'gateway';
  readonly args?: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly logDir: string;
}

const LOG_TAIL_LINES = 12;

/** One of the apps as a process of its own, as it runs anywhere else; its output goes to a log file. */
export class AppProcess {
  /** Set once it listens. */
  port: number | undefined;
  /** The exit code; null when a signal ended it. */
  readonly exited: Promise<number | null>;
  readonly counts = new Counts();
  readonly logFile: string;
  private readonly child: ChildProcess;
  private readonly listening: Promise<void>;

  constructor(private readonly options: AppOptions) {
    const { name, args = [], env, logDir } = options;
    this.logFile = join(logDir, `${name}.log`);
    const log = openSync(this.logFile, 'a');
    this.child = spawn(process.execPath, [`dist/apps/${name}/src/main.js`, ...args], {
      env,
      // The channel tells us the port, and tells the app that its parent is gone should we be killed.
      stdio: ['ignore', log, log, 'ipc'],
    });
    closeSync(log);
    this.exited = new Promise((resolve) => this.child.once('exit', resolve));
    this.listening = new Promise((resolve) =>
      this.child.on('message', (message: { type?: string; port?: number; metrics?: string }) => {
        // It has ended: nobody can ask for its counters any more.
        if (message.type === 'closed') this.counts.update(message.metrics ?? '');
        if (message.type !== 'listening') return;
        this.port = message.port;
        resolve();
      }),
    );
  }

  get name(): string {
    return this.options.name;
  }

  /** Empty while it does not listen. */
  get scrapeTargets(): readonly ScrapeTarget[] {
    if (this.port === undefined || this.child.exitCode !== null || this.child.signalCode !== null) return [];
    return [{ service: this.name, url: `http://127.0.0.1:${this.port}/metrics` }];
  }

  /** @throws Error with the end of its log when it ends before it listens */
  async whenListening(): Promise<void> {
    await Promise.race([this.listening, this.exited.then(() => this.throwFailure())]);
  }

  /** @throws Error with the end of its log when it ends with another code than 0 */
  async whenDone(): Promise<void> {
    if ((await this.exited) !== 0) await this.throwFailure();
  }

  /** @throws Error with the end of its log when it has ended */
  async checkRunning(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) await this.throwFailure();
  }

  /** Reads its counters; keeps the last ones when it does not answer. */
  async readCounts(): Promise<void> {
    if (this.port === undefined) return;
    try {
      const response = await fetch(`http://127.0.0.1:${this.port}/metrics`, { signal: AbortSignal.timeout(2000) });
      this.counts.update(await response.text());
    } catch {
      // Starting, ending or busy; the next reading follows at once.
    }
  }

  /** Asks it to end, and waits until it has. An app ends by itself within 10 s of being asked. */
  async stop(): Promise<void> {
    this.child.kill('SIGTERM');
    await this.exited;
  }

  private async throwFailure(): Promise<never> {
    const tail = (await readFile(this.logFile, 'utf8')).trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n');
    throw new Error(`${this.name} ended unexpectedly. The end of ${this.logFile}:\n${tail}`);
  }
}
