import type { ServerProcess } from './server-process.js';

/** Base of every server that runs in its own process. */
export abstract class Server {
  protected abstract readonly process: ServerProcess;

  get pid(): number | undefined {
    return this.process.pid;
  }

  isRunning(): boolean {
    return this.process.isRunning();
  }

  /** kill -9, children included; resolves when they are gone. */
  kill(): Promise<void> {
    return this.process.kill();
  }

  /** Freezes the process and its children (SIGSTOP): connections stay open and nothing answers. */
  pause(): void {
    this.process.pause();
  }

  resume(): void {
    this.process.resume();
  }

  /** Stops a server that a killed run left behind, if there is one. */
  async endOrphan(): Promise<void> {
    if (this.process.adopt()) await this.process.stop();
  }
}
