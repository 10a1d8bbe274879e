import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ListeningMessage } from '#platform/bootstrap/run-app.js';
import type { ClosedMessage } from '#platform/bootstrap/shutdown.js';
import { findProjectRoot } from '../services/project.js';
import { Counts } from './counts.js';
import type { ScrapeTarget } from './scrape-targets.js';

export type AppName = 'mart-init' | 'producer' | 'consumer' | 'gateway';

export interface AppOptions {
  readonly name: AppName;
  readonly args?: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Options of Node itself, such as --inspect. */
  readonly nodeArgs?: readonly string[];
  /** Where its output goes: to <name>.log in this folder, or to a function. */
  readonly output: { readonly logDir: string } | ((text: string) => void);
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const LOG_TAIL_LINES = 12;

/** One of the built apps in its own process, as in production. It never outlives this process. */
export class AppProcess {
  /** Set once it listens. */
  port: number | undefined;
  /** Resolves when the process has ended and all of its output has been read. */
  readonly exited: Promise<Exit>;
  readonly counts = new Counts();
  readonly logFile: string | undefined;
  protected readonly child: ChildProcess;
  protected exit: Exit | undefined;
  private readonly listens: Promise<void>;

  constructor(private readonly options: AppOptions) {
    const { name, args = [], env, nodeArgs = [], output } = options;
    const main = join(findProjectRoot(), 'dist', 'apps', name, 'src', 'main.js');
    this.logFile = typeof output === 'function' ? undefined : join(output.logDir, `${name}.log`);
    const log = this.logFile === undefined ? 'pipe' : openSync(this.logFile, 'a');
    this.child = spawn(process.execPath, [...nodeArgs, main, ...args], {
      env,
      // Over the IPC channel the app reports its port, and it shuts down when the channel closes.
      stdio: ['ignore', log, log, 'ipc'],
    });
    if (typeof log === 'number') closeSync(log);
    if (typeof output === 'function') {
      for (const stream of [this.child.stdout, this.child.stderr]) stream?.setEncoding('utf8').on('data', output);
    }
    this.exited = new Promise((resolve) => {
      this.child.once('close', (code, signal) => resolve((this.exit = { code, signal })));
    });
    this.listens = new Promise((resolve) =>
      this.child.on('message', (message: ListeningMessage | ClosedMessage) => {
        // Its last counters: /metrics is gone by now.
        if (message.type === 'closed') this.counts.update(message.metrics);
        if (message.type !== 'listening') return;
        this.port = message.port;
        resolve();
      }),
    );
  }

  get name(): string {
    return this.options.name;
  }

  get pid(): number {
    return this.child.pid!;
  }

  get isRunning(): boolean {
    return this.exit === undefined;
  }

  /** Empty while it does not listen. */
  get scrapeTargets(): readonly ScrapeTarget[] {
    if (this.port === undefined || !this.isRunning) return [];
    return [{ service: this.name, url: `http://127.0.0.1:${this.port}/metrics` }];
  }

  /** @throws Error with the end of its log if it exits before it listens */
  async whenListening(): Promise<void> {
    await Promise.race([this.listens, this.exited.then(() => this.throwFailure())]);
  }

  /** @throws Error with the end of its log if its exit code is not 0 */
  async whenDone(): Promise<void> {
    if ((await this.exited).code !== 0) await this.throwFailure();
  }

  /** @throws Error with the end of its log if it has exited */
  async checkRunning(): Promise<void> {
    if (!this.isRunning) await this.throwFailure();
  }

  /** Reads its counters from /metrics; keeps the previous ones if it does not answer. */
  async readCounts(): Promise<void> {
    if (this.port === undefined) return;
    try {
      const response = await fetch(`http://127.0.0.1:${this.port}/metrics`, { signal: AbortSignal.timeout(2000) });
      this.counts.update(await response.text());
    } catch {
      // Starting, stopping or busy; the next poll is due soon.
    }
  }

  /** Sends SIGTERM and waits for the exit. An app shuts down within 10 s. */
  async stop(): Promise<Exit> {
    this.child.kill('SIGTERM');
    return this.exited;
  }

  private async throwFailure(): Promise<never> {
    if (this.logFile === undefined) throw new Error(`${this.name} ended unexpectedly; see its output`);
    const tail = (await readFile(this.logFile, 'utf8')).trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n');
    throw new Error(`${this.name} ended unexpectedly. The end of ${this.logFile}:\n${tail}`);
  }
}
