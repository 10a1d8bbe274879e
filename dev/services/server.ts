import type { ServerProcess } from './server-process.js';

/** What every server that is a process of its own can be asked for. */
export abstract class Server {
  protected abstract readonly process: ServerProcess;

  get pid(): number | undefined {
    return this.process.pid;
  }

  isRunning(): boolean {
    return this.process.isRunning();
  }

  /** kill -9, of its children as well; resolves when they are gone. */
  kill(): Promise<void> {
    return this.process.kill();
  }

  /** Stops the process and its children without ending them (SIGSTOP): connections stay open and nothing answers. */
  pause(): void {
    this.process.pause();
  }

  resume(): void {
    this.process.resume();
  }

  /** Ends the one that a killed run left behind, when there is one. */
  async endOrphan(): Promise<void> {
    if (this.process.adopt()) await this.process.stop();
  }
}
