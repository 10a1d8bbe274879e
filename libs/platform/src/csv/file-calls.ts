import type { HealthState } from '../health/health-registry.js';

const SILENT_AFTER_MS = 5_000;
/** How long calls in progress may take once the process is shutting down. */
const END_WITHIN_MS = 5_000;

interface Call {
  readonly path: string;
  readonly since: number;
  readonly abandon: (error: Error) => void;
}

/**
 * The file system calls in progress. A call to a network mount whose server is gone never returns and cannot be interrupted. This
 * class reports the file, and rejects such calls when the process shuts down.
 */
export class FileCalls {
  /** Called when a file does not answer, and when it answers again. */
  onReport: (text: string) => void = () => undefined;
  private readonly calls = new Set<Call>();
  private readonly silent = new Set<Call>();
  /** Whether all calls are rejected, because the process is shutting down. */
  ended = false;

  constructor(private readonly silentAfterMs = SILENT_AFTER_MS) {}

  /**
   * Runs a file system call.
   * @throws Error when the process shuts down first
   */
  async run<T>(path: string, call: () => Promise<T>): Promise<T> {
    if (this.ended) throw notAnswered(path);
    return new Promise<T>((resolve, reject) => {
      const timer = setTimeout(() => this.report(pending), this.silentAfterMs);
      const abandon = (error: Error): void => {
        clearTimeout(timer);
        reject(error);
      };
      const pending: Call = { path, since: Date.now(), abandon };
      this.calls.add(pending);
      void call()
        .then(resolve, reject)
        .finally(() => {
          clearTimeout(timer);
          this.calls.delete(pending);
          if (this.silent.delete(pending) && !this.ended)
            this.onReport(`${path} answers again, after ${seconds(pending)} s`);
        });
    });
  }

  /** Iterates over a stream of a file. Leaving the loop does not end the stream. */
  async *each<T>(path: string, stream: AsyncIterable<T>): AsyncGenerator<T, void> {
    const iterator = stream[Symbol.asyncIterator]();
    for (;;) {
      const next = await this.run(path, () => iterator.next());
      if (next.done) return;
      yield next.value;
    }
  }

  /** Down while a file does not answer. */
  health(): HealthState {
    const [call] = this.silent;
    if (call === undefined) return { up: true };
    return { up: false, detail: `${call.path} has not answered for ${seconds(call)} s; check its disk or mount` };
  }

  /** Call this at shutdown. Rejects the calls in progress after `graceMs`, or at once if a silent file has been reported. */
  end(graceMs = END_WITHIN_MS): void {
    const rejectAll = (): void => {
      this.ended = true;
      for (const { path, abandon } of this.calls) abandon(notAnswered(path));
    };
    if (this.silent.size > 0) rejectAll();
    else setTimeout(rejectAll, graceMs).unref();
  }

  private report(call: Call): void {
    this.silent.add(call);
    const { path } = call;
    this.onReport(
      `${path} has not answered for ${seconds(call)} s; reading continues when it does. Check its disk or mount`,
    );
  }
}

/** The file calls of this process. */
export const fileCalls = new FileCalls();

function notAnswered(path: string): Error {
  return new Error(`${path} did not answer`);
}

function seconds({ since }: Call): number {
  return Math.round((Date.now() - since) / 1000);
}
