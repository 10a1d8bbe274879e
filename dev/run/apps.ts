import { contract } from '#schema/contract.js';
import { AppProcess, type AppOptions } from './app-process.js';
import { appEnvironment, logFormat } from './config/environment.js';
import { passwordsOf, type RoleUrls } from './role-urls.js';

const GROUP = 'messages-consumer';

/** Starts the apps of a run, all on the same servers. */
export class Apps {
  private readonly started: AppProcess[] = [];

  constructor(
    readonly kafkaBrokers: string,
    private readonly roles: RoleUrls,
    readonly logDir: string,
    /** Of the gateway; undefined if none is started. */
    private readonly apiToken?: string,
  ) {}

  /** Settings of either engine. */
  get settings() {
    return {
      KAFKA_BROKERS: this.kafkaBrokers,
      KAFKA_TOPIC: contract.topic,
      CONSUMER_GROUP_ID: GROUP,
      DATABASE_URL: this.roles.apps,
      LOG_FORMAT: logFormat(),
    };
  }

  start(
    app: Omit<AppOptions, 'env' | 'output'> & Partial<Pick<AppOptions, 'output'>>,
    port = 0,
    settings: Readonly<Record<string, string>> = {},
  ): AppProcess {
    const env = appEnvironment({
      ...this.settings,
      ...(app.name === 'gateway' && this.apiToken !== undefined ? { GATEWAY_API_TOKEN: this.apiToken } : {}),
      ...(app.name === 'mart-init' ? { DATABASE_URL: this.roles.owner, ...passwordsOf(this.roles) } : {}),
      HOST: '127.0.0.1',
      PORT: String(port),
      NO_COLOR: '1',
      ...settings,
    });
    const process = new AppProcess({ output: { logDir: this.logDir }, ...app, env });
    this.started.push(process);
    return process;
  }

  /** Stops the last one first, so that what the producer has in flight still arrives. */
  async stop(): Promise<void> {
    for (const app of this.started.reverse()) await app.stop();
  }
}
