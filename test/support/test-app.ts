import { parseSamples } from '#platform/metrics/prometheus-text.js';
import { AppProcess, type AppName, type Exit } from '../../dev/run/app-process.js';
import { UnrecoverableError, waitUntil } from './wait-until.js';

export interface TestAppOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** A response of /livez, /readyz or /healthz. */
export interface Health {
  readonly status: number;
  /** The message of each failed check, by the check's name. */
  readonly down: Readonly<Record<string, string>>;
}

const OUTPUT_CHARACTERS = 6000;

/** These end after seconds: too soon for V8's optimizing compiler to pay off. It takes a fifth of a start. */
const SHORT_LIVED: readonly AppName[] = ['mart-init', 'producer'];

/** An app with its own environment, and helpers for tests. */
export class TestApp extends AppProcess {
  private text = '';

  constructor(name: AppName, { args = [], env = {} }: TestAppOptions = {}) {
    super({
      name,
      args,
      nodeArgs: SHORT_LIVED.includes(name) ? ['--no-opt'] : [],
      env: { PATH: process.env['PATH'], PORT: '0', HOST: '127.0.0.1', LOG_FORMAT: 'text', NO_COLOR: '1', ...env },
      output: (chunk) => (this.text += chunk),
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** All of its stdout and stderr so far. */
  get output(): string {
    return this.text;
  }

  /** Like waitUntil, but fails at once if the app exits. The error includes the app's output. */
  async waitUntil<T>(what: string, condition: () => T | Promise<T>, deadlineMs?: number): Promise<NonNullable<T>> {
    try {
      return await waitUntil(
        what,
        async () => {
          const ended = this.exit !== undefined;
          let value: T | undefined;
          try {
            value = await condition();
          } catch (error) {
            if (!ended) throw error;
          }
          if (!value && ended)
            throw new UnrecoverableError(`${what}: ${this.name} ended (${JSON.stringify(this.exit)})`);
          return value;
        },
        deadlineMs,
      );
    } catch (error) {
      throw this.withOutput(error as Error);
    }
  }

  /** Resolves when its HTTP server listens. */
  async listening(): Promise<this> {
    await this.waitUntil(`${this.name} listens`, () => this.port !== undefined);
    return this;
  }

  async ready(deadlineMs?: number): Promise<this> {
    await this.waitUntil(`${this.name} is ready`, async () => (await this.health('readyz')).status === 200, deadlineMs);
    return this;
  }

  async health(path: 'livez' | 'readyz' | 'healthz'): Promise<Health> {
    const response = await this.get(path);
    const { error = {} } = (await response.json()) as { error?: Record<string, { message?: string }> };
    const down = Object.fromEntries(Object.entries(error).map(([name, { message = '' }]) => [name, message]));
    return { status: response.status, down };
  }

  /** All samples of /metrics, by name and labels without `service`, such as `messages_stored_total{result="inserted"}`. */
  async metrics(): Promise<ReadonlyMap<string, number>> {
    const text = await (await this.get('metrics')).text();
    return new Map(
      parseSamples(text).map(({ name, labels, value }) => {
        const others = Object.entries(labels).filter(([label]) => label !== 'service');
        const selector = others.map(([label, text]) => `${label}="${text}"`).join(',');
        return [selector === '' ? name : `${name}{${selector}}`, value];
      }),
    );
  }

  /** Sends SIGTERM and waits for the exit. */
  override async stop(deadlineMs = 20_000): Promise<Exit> {
    this.child.kill('SIGTERM');
    await waitUntil(`${this.name} ends`, () => !this.isRunning, deadlineMs).catch((error: Error) => {
      throw this.withOutput(error);
    });
    return this.exited;
  }

  /** Sends SIGKILL and waits for the exit. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }

  private get(path: string): Promise<Response> {
    return fetch(`${this.url}/${path}`);
  }

  private withOutput(error: Error): Error {
    error.message += `\n--- ${this.name} (pid ${this.pid}) wrote:\n${this.text.slice(-OUTPUT_CHARACTERS)}`;
    return error;
  }
}

/** How many records each consumer has consumed. */
export async function consumedBy(...consumers: TestApp[]): Promise<number[]> {
  const metrics = await Promise.all(consumers.map((consumer) => consumer.metrics()));
  return metrics.map((each) => each.get('messages_consumed_total') ?? 0);
}
