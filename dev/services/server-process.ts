import { spawn, type SpawnOptions } from 'node:child_process';
import { closeSync, fstatSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { logContains, quoteLog } from './log-file.js';
import { childrenOf, identify, isSameProcess, type ProcessIdentity } from './process-identity.js';
import { ServiceError } from './service-error.js';

const POLL_MS = 50;
/** What servers log when their port is taken; the second is Spark's. */
const PORT_TAKEN = ['Address already in use', 'Failed to bind to'];

export interface Ending {
  signal: NodeJS.Signals;
  withinMs: number;
  /** Signal its children instead: for a shell around a program that shuts down cleanly. */
  toChildren?: boolean;
}

export interface ServerProcessOptions {
  /** For messages, for example 'Kafka'. */
  name: string;
  /** Stores pid and start time of the running server, so that the next run finds it after a kill -9 of this one. */
  recordFile: string;
  /** Receives stdout and stderr of the server. */
  logFile: string;
  /** Ways to stop it, gentlest first; each gets its time before the next is tried. */
  endings: readonly Ending[];
  /** How long the server may take to answer. */
  readyWithinMs: number;
}

/**
 * One server in its own process. It survives a kill of this process, and the next run finds it again. Servers started here and
 * servers found are handled alike: identified by pid and start time, and watched by polling.
 */
export class ServerProcess {
  private identity?: ProcessIdentity;
  private logStart = 0;
  private spawnError?: Error;
  private exited: Promise<number | null> = Promise.resolve(null);

  constructor(private readonly options: ServerProcessOptions) {}

  get pid(): number | undefined {
    return this.isRunning() ? this.identity?.pid : undefined;
  }

  isRunning(): boolean {
    return this.identity !== undefined && isSameProcess(this.identity);
  }

  /** The exit code of the server last launched here; null after a signal or if unknown. */
  async exitCode(): Promise<number | null> {
    return Promise.race([this.exited, sleep(1000, null)]); // the child is unref'd, so a timer must keep this process alive
  }

  /** Takes over a server that an earlier run left running. @returns false if there is none */
  adopt(): boolean {
    try {
      this.identity = JSON.parse(readFileSync(this.options.recordFile, 'utf8')) as ProcessIdentity;
    } catch {
      return false;
    }
    this.resume(); // its owner may have died while it was paused
    return this.isRunning();
  }

  /** Takes over a server known only by its pid. */
  adoptPid(pid: number): boolean {
    this.identity = identify(pid);
    if (this.identity) this.writeRecord();
    return this.identity !== undefined;
  }

  launch(command: string, args: readonly string[], options: SpawnOptions): void {
    const log = openSync(this.options.logFile, 'a');
    this.logStart = fstatSync(log).size;
    this.spawnError = undefined;
    // detached: Ctrl-C must not reach the servers, which stop last, after the programs that use them.
    const child = spawn(command, args, { ...options, detached: true, stdio: ['ignore', log, log] });
    closeSync(log);
    child.once('error', (error) => (this.spawnError = error));
    this.exited = new Promise((resolve) => child.once('exit', resolve));
    child.unref();
    this.identity = child.pid === undefined ? undefined : identify(child.pid);
    if (this.identity) this.writeRecord();
  }

  /**
   * Waits until `probe` resolves.
   * @throws ServiceError PORT_TAKEN, or SERVER_DID_NOT_START with the end of the log if the server exits or does not answer in time
   */
  async waitUntilReady(probe: () => Promise<void>): Promise<void> {
    const { name, readyWithinMs } = this.options;
    const deadline = Date.now() + readyWithinMs;
    for (;;) {
      await sleep(POLL_MS); // sleep first: a failed spawn is reported a moment after the launch
      if (!this.isRunning()) {
        const why = this.spawnError ? ` (${this.spawnError.message})` : '';
        throw this.didNotStart(`${name} ended before it was ready${why}.`, this.spawnError);
      }
      try {
        return await probe();
      } catch (cause) {
        if (Date.now() > deadline)
          throw this.didNotStart(`${name} did not answer within ${readyWithinMs / 1000} s.`, cause);
      }
    }
  }

  /** Keeps the adopted server if it answers; otherwise stops it and returns false. */
  async takeOver(probe: () => Promise<void>): Promise<boolean> {
    try {
      await this.waitUntilReady(probe);
      return true;
    } catch {
      await this.stop();
      return false;
    }
  }

  /** Stops the server and waits until it is gone. Does nothing if it is not running. */
  async stop(): Promise<void> {
    this.resume(); // a paused process would not even see SIGTERM
    for (const ending of this.options.endings) {
      if (await this.end(ending)) return;
    }
    throw new ServiceError(
      'SERVER_DID_NOT_STOP',
      `${this.options.name} (pid ${this.identity?.pid}) is still running after SIGKILL. End it by hand and start again.`,
    );
  }

  /** Sends SIGKILL to the server and its children, like a machine crash, and waits until they are gone. */
  async kill(): Promise<void> {
    const workers = this.children();
    this.signal('SIGKILL', [this.identity, ...workers]);
    await this.stop();
    while (workers.some(isSameProcess)) await sleep(POLL_MS);
  }

  /** Freezes the server and its children: connections stay open, nothing answers. */
  pause(): void {
    this.signal('SIGSTOP', [this.identity, ...this.children()]);
  }

  resume(): void {
    this.signal('SIGCONT', [this.identity, ...this.children()]);
  }

  private async end({ signal, withinMs, toChildren = false }: Ending): Promise<boolean> {
    const deadline = Date.now() + withinMs;
    if (this.isRunning()) this.signal(signal, toChildren ? this.children() : [this.identity]);
    while (this.isRunning()) {
      if (Date.now() > deadline) return false;
      await sleep(POLL_MS);
    }
    this.identity = undefined;
    rmSync(this.options.recordFile, { force: true });
    return true;
  }

  private children(): ProcessIdentity[] {
    const pids = this.pid === undefined ? [] : childrenOf(this.pid);
    return pids.map(identify).filter((child) => child !== undefined);
  }

  private signal(signal: NodeJS.Signals, targets: readonly (ProcessIdentity | undefined)[]): void {
    for (const target of targets) {
      if (!target || !isSameProcess(target)) continue;
      try {
        process.kill(target.pid, signal);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // ESRCH: it ended meanwhile
      }
    }
  }

  private writeRecord(): void {
    writeFileSync(this.options.recordFile, `${JSON.stringify(this.identity)}\n`);
  }

  private didNotStart(what: string, cause: unknown): ServiceError {
    const { name, logFile } = this.options;
    const quoted = quoteLog(logFile, this.logStart);
    if (PORT_TAKEN.some((text) => logContains(logFile, this.logStart, text))) {
      return new ServiceError('PORT_TAKEN', `${name}: another program listens on its port. End that one. ${quoted}`, {
        cause,
      });
    }
    return new ServiceError('SERVER_DID_NOT_START', `${what} ${quoted}`, { cause });
  }
}
