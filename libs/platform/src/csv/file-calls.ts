import type { HealthState } from '../health/health-registry.js';

const SILENT_AFTER_MS = 5_000;
/** Calls that may still be answered have this long once the process ends. */
const ANSWER_WITHIN_MS = 5_000;

interface Call {
  readonly path: string;
  readonly since: number;
  readonly abandon: (error: Error) => void;
}

/**
 * The calls to file systems that are under way. On a network mount whose server is gone they wait for ever, and nothing can
 * interrupt them; so somebody has to say which file it is, and to go on without it when the process ends.
 */
export class FileCalls {
  /** Is told which file does not answer, and when it does again. */
  tell: (news: string) => void = () => undefined;
  private readonly calls = new Set<Call>();
  private readonly silent = new Set<Call>();
  /** Nothing is waited for any more. */
  ended = false;

  constructor(private readonly silentAfterMs = SILENT_AFTER_MS) {}

  /**
   * What `call` gives, whenever that is.
   * @throws Error once the process does not wait any more
   */
  async answer<T>(path: string, call: () => Promise<T>): Promise<T> {
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
            this.tell(`${path} answers again, after ${seconds(pending)} s`);
        });
    });
  }

  /** What a stream of a file gives. Leaving the loop does not end the stream. */
  async *each<T>(path: string, stream: AsyncIterable<T>): AsyncGenerator<T, void> {
    const iterator = stream[Symbol.asyncIterator]();
    for (;;) {
      const next = await this.answer(path, () => iterator.next());
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

  /** The process ends: gives up what does not answer, at once where that was said already. */
  end(graceMs = ANSWER_WITHIN_MS): void {
    const giveUp = (): void => {
      this.ended = true;
      for (const { path, abandon } of this.calls) abandon(notAnswered(path));
    };
    if (this.silent.size > 0) giveUp();
    else setTimeout(giveUp, graceMs).unref();
  }

  private report(call: Call): void {
    this.silent.add(call);
    const { path } = call;
    this.tell(`${path} has not answered for ${seconds(call)} s; reading goes on when it does. Check its disk or mount`);
  }
}

/** Those of this process. */
export const fileCalls = new FileCalls();

function notAnswered(path: string): Error {
  return new Error(`${path} did not answer`);
}

function seconds({ since }: Call): number {
  return Math.round((Date.now() - since) / 1000);
}
