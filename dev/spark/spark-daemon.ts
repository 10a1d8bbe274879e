import { Server } from '../services/server.js';
import { ServerProcess, type ServerProcessOptions } from '../services/server-process.js';

export interface SparkDaemonOptions extends Pick<ServerProcessOptions, 'name' | 'recordFile' | 'logFile'> {
  /** The command line to start. */
  readonly program: () => readonly [command: string, args: readonly string[]];
  /** Its environment, asked for at each start. */
  readonly env: () => NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Resolves when the daemon works. */
  readonly probe: () => Promise<void>;
}

/** The master or the worker of a standalone cluster: a JVM that can be stopped, killed, paused and restarted separately. */
export class SparkDaemon extends Server {
  protected readonly process: ServerProcess;

  constructor(private readonly options: SparkDaemonOptions) {
    super();
    this.process = new ServerProcess({
      ...options,
      endings: [
        { signal: 'SIGTERM', withinMs: 15_000 },
        { signal: 'SIGKILL', withinMs: 5_000 },
      ],
      readyWithinMs: 60_000,
    });
  }

  /**
   * Starts the daemon; resolves when it works. Its address stays the same across restarts.
   * @throws ServiceError PORT_TAKEN, SERVER_DID_NOT_START
   */
  async start(): Promise<void> {
    const { program, env, cwd, probe } = this.options;
    this.process.launch(...program(), { env: env(), cwd });
    await this.process.waitUntilReady(probe);
  }

  stop(): Promise<void> {
    return this.process.stop();
  }

  /** Takes over a daemon that a killed run left behind. If it does not work, stops it. @returns whether one was taken over */
  async adopt(): Promise<boolean> {
    return this.process.adopt() && (await this.process.takeOver(this.options.probe));
  }
}
