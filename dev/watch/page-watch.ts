import { build } from 'vite';

/** Builds the live page again when its sources change; the gateway serves what is there. */
export class PageWatch {
  private constructor(private readonly close: () => Promise<void>) {}

  static async start(): Promise<PageWatch> {
    const watcher = await build({ root: 'apps/page', logLevel: 'warn', build: { watch: {} } });
    return new PageWatch(() => ('close' in watcher ? watcher.close() : Promise.resolve()));
  }

  stop(): Promise<void> {
    return this.close();
  }
}
