import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ListeningMessage } from '#platform/bootstrap/run-app.js';
import type { ClosedMessage } from '#platform/bootstrap/shutdown.js';
import { UnrecoverableError, waitUntil } from './wait-until.js';

export type AppName = 'consumer' | 'gateway' | 'mart-init' | 'producer';

export interface AppOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** An answer of /livez, /readyz or /healthz. */
export interface Health {
  readonly status: number;
  /** What the parts that are down say of it, by their names. */
  readonly down: Readonly<Record<string, string>>;
}

const OUTPUT_CHARACTERS = 6000;

/** One of the built apps as a process of its own, as it runs in production. It ends with this process at the latest. */
export class AppProcess {
  /** Resolves when the process has ended. */
  readonly exited: Promise<Exit>;
  private readonly child: ChildProcess;
  private text = '';
  private port: number | undefined;
  private exit: Exit | undefined;

  constructor(
    readonly name: AppName,
    { args = [], env = {} }: AppOptions = {},
  ) {
    const main = fileURLToPath(new URL(`../../dist/apps/${name}/src/main.js`, import.meta.url));
    this.child = fork(main, args, {
      env: { PATH: process.env['PATH'], PORT: '0', HOST: '127.0.0.1', LOG_FORMAT: 'text', NO_COLOR: '1', ...env },
      // Those of the test runner are not for the app.
      execArgv: [],
      silent: true,
    });
    for (const stream of [this.child.stdout!, this.child.stderr!]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => (this.text += chunk));
    }
    this.child.on('message', (message: ListeningMessage | ClosedMessage) => {
      if (message.type === 'listening') this.port = message.port;
    });
    // close, not exit: all of the output is there then.
    this.exited = new Promise((resolve) => {
      this.child.once('close', (code, signal) => resolve((this.exit = { code, signal })));
    });
  }

  get pid(): number {
    return this.child.pid!;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get isRunning(): boolean {
    return this.exit === undefined;
  }

  /** All that it wrote to stdout and stderr. */
  get output(): string {
    return this.text;
  }

  /** As waitUntil; fails at once when the app ends, and tells what the app wrote. */
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

  /** All samples of /metrics by name and labels but `service`, such as `messages_stored_total{result="inserted"}`. */
  async metrics(): Promise<ReadonlyMap<string, number>> {
    const text = await (await this.get('metrics')).text();
    const samples = text.matchAll(/^(\w+)(?:\{(.*)\})? (\S+)$/gm);
    return new Map(
      [...samples].map(([, name, labels = '', value]) => {
        const others = labels.split(',').filter((label) => label !== '' && !label.startsWith('service='));
        return [others.length === 0 ? name! : `${name}{${others.join(',')}}`, Number(value)];
      }),
    );
  }

  /** SIGTERM. @returns how it ended */
  async stop(deadlineMs = 20_000): Promise<Exit> {
    this.child.kill('SIGTERM');
    await waitUntil(`${this.name} ends`, () => !this.isRunning, deadlineMs).catch((error: Error) => {
      throw this.withOutput(error);
    });
    return this.exited;
  }

  /** kill -9. Resolves when it is gone. */
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

/** Records that each of the consumers has taken. */
export async function consumedBy(...consumers: AppProcess[]): Promise<number[]> {
  const metrics = await Promise.all(consumers.map((consumer) => consumer.metrics()));
  return metrics.map((each) => each.get('messages_consumed_total') ?? 0);
}
