export interface Watched {
  readonly name: string;
  /** A value that changes with the app's code. */
  version(): Promise<string>;
  /** Starts the app, and stops the running one first. */
  restart(): Promise<void>;
}

/** Restarts the apps that have changed, one after the other in the given order. */
export class Restarter {
  private readonly versions = new Map<string, string>();
  private running = Promise.resolve();

  constructor(private readonly apps: readonly Watched[]) {}

  /** The first call starts all apps. A call during a restart waits for its end, and then sees what has changed since. */
  update(): Promise<void> {
    return (this.running = this.running.then(() => this.restartChanged()));
  }

  private async restartChanged(): Promise<void> {
    for (const app of this.apps) {
      const version = await app.version();
      if (version === this.versions.get(app.name)) continue;
      this.versions.set(app.name, version);
      await app.restart();
    }
  }
}
