import { spawn, type SpawnOptions } from 'node:child_process';
import { closeSync, fstatSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { logContains, quoteLog } from './log-file.js';
import { childrenOf, identify, isSameProcess, type ProcessIdentity } from './process-identity.js';
import { ServiceError } from './service-error.js';

const POLL_MS = 50;
/** What servers write when their port is taken; the second is what the pages of Spark say. */
const PORT_TAKEN = ['Address already in use', 'Failed to bind to'];

export interface Ending {
  signal: NodeJS.Signals;
  withinMs: number;
  /** Its children get the signal in its place: a shell around a program that ends in order when it is told. */
  toChildren?: boolean;
}

export interface ServerProcessOptions {
  /** For messages, for example 'Kafka'. */
  name: string;
  /** Where pid and start time of the running server are kept, so that the next run finds it after a kill -9 of this one. */
  recordFile: string;
  /** stdout and stderr of the server are appended here. */
  logFile: string;
  /** Ways to end it, the gentle one first; each is given its time before the next is tried. */
  endings: readonly Ending[];
  /** How long the server may take until it answers. */
  readyWithinMs: number;
}

/**
 * One server as a process of its own: it outlives this process when that is killed, and the next run finds it again. There is no
 * difference between a server started here and one found: both are known by pid and start time, both are watched by looking.
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

  /** The exit code of the server that was launched here last; null when a signal ended it, or when nothing is known of it. */
  async exitCode(): Promise<number | null> {
    return Promise.race([this.exited, sleep(1000, null)]); // the child does not keep us waiting, so the clock has to
  }

  /** Takes over the server that an earlier run left behind. False when there is none. */
  adopt(): boolean {
    try {
      this.identity = JSON.parse(readFileSync(this.options.recordFile, 'utf8')) as ProcessIdentity;
    } catch {
      return false;
    }
    this.resume(); // its owner may have died while it was paused
    return this.isRunning();
  }

  /** Takes over a server of which only the pid is known. */
  adoptPid(pid: number): boolean {
    this.identity = identify(pid);
    if (this.identity) this.writeRecord();
    return this.identity !== undefined;
  }

  launch(command: string, args: readonly string[], options: SpawnOptions): void {
    const log = openSync(this.options.logFile, 'a');
    this.logStart = fstatSync(log).size;
    this.spawnError = undefined;
    // detached: Ctrl-C in the terminal must reach us alone; we end the servers last, after the programs that use them.
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
   * @throws ServiceError PORT_TAKEN, or SERVER_DID_NOT_START with the end of the log when the server ends or the time is over
   */
  async waitUntilReady(probe: () => Promise<void>): Promise<void> {
    const { name, readyWithinMs } = this.options;
    const deadline = Date.now() + readyWithinMs;
    for (;;) {
      await sleep(POLL_MS); // first of all, since a program that cannot be run is reported a moment after its launch
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

  /** Uses the adopted server when it answers; ends it when it does not, and says false. */
  async takeOver(probe: () => Promise<void>): Promise<boolean> {
    try {
      await this.waitUntilReady(probe);
      return true;
    } catch {
      await this.stop();
      return false;
    }
  }

  /** Ends the server; resolves when it is gone. Does nothing when it does not run. */
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

  /** kill -9 of the server and its children, as a crash of the machine would do it; resolves when they are gone. */
  async kill(): Promise<void> {
    const workers = this.children();
    this.signal('SIGKILL', [this.identity, ...workers]);
    await this.stop();
    while (workers.some(isSameProcess)) await sleep(POLL_MS);
  }

  /** Stops the clock for the server and its children: connections stay open and nothing answers. */
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
