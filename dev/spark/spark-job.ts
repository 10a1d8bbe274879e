import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { choosePort, readPorts, writePorts } from '../services/ports.js';
import { Server } from '../services/server.js';
import { ServerProcess } from '../services/server-process.js';
import { CONF_DIR, SPARK_SOURCES, type SparkInstallation } from './installation.js';
import { removeOld } from './remove-old.js';
import type { SparkCluster } from './spark-cluster.js';

export interface SparkJobOptions {
  readonly installation: SparkInstallation;
  /** Folder with the jars that pyspark lacks to read from Kafka. */
  readonly jars: string;
  readonly cluster: SparkCluster;
  /** Unique within a cluster; the log is spark-NAME.log. */
  readonly name: string;
  /** Holds all files of this job except its checkpoint. */
  readonly stateDir: string;
  /** Folder for its log. */
  readonly logDir: string;
  /** Environment of the job (spark/messages_spark/config.py); HOST and PORT are set here. */
  readonly env: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  /** Further settings of Spark, by name. */
  readonly conf?: Readonly<Record<string, string>>;
  /** Where Spark writes event logs; if absent, it writes none. */
  readonly eventLogDir?: string;
}

interface JobPorts extends Record<string, number> {
  http: number;
  ui: number;
}

const HOST = '127.0.0.1';
/** Relative to the state folder, where Spark's programs run: Spark splits an absolute path at commas. */
const LOCAL_DIR = 'local';

/** spark/job.py on a local cluster: spark-submit becomes the driver's JVM, and the Python program is its child. */
export class SparkJob extends Server {
  readonly logFile: string;
  protected readonly process: ServerProcess;
  private readonly stateDir: string;
  private readonly localDir: string;
  private ports?: JobPorts;

  constructor(private readonly options: SparkJobOptions) {
    super();
    this.stateDir = resolve(options.stateDir);
    this.localDir = join(this.stateDir, LOCAL_DIR);
    this.logFile = join(resolve(options.logDir), `spark-${options.name}.log`);
    this.process = new ServerProcess({
      name: `The Spark ${options.name}`,
      recordFile: join(this.stateDir, 'process.json'),
      logFile: this.logFile,
      endings: [
        // A JVM drops everything on a signal; the Python program shuts down cleanly, and the JVM with it.
        { signal: 'SIGTERM', toChildren: true, withinMs: 30_000 },
        { signal: 'SIGTERM', withinMs: 10_000 },
        { signal: 'SIGKILL', withinMs: 5_000 },
      ],
      readyWithinMs: 60_000,
    });
  }

  /** Serves /livez, /readyz and /metrics. Known, like the other address, after the first start(). */
  get url(): string {
    return `http://${HOST}:${this.known.http}`;
  }

  /** The URL of the driver's web pages. */
  get uiUrl(): string {
    return `http://${HOST}:${this.known.ui}`;
  }

  /**
   * Starts the job; resolves when it answers, before it has read a record. First stops a job that a killed run left behind, whose
   * settings may differ.
   * @throws ServiceError SERVER_DID_NOT_START
   */
  async start(): Promise<void> {
    const { installation, logDir, eventLogDir } = this.options;
    await mkdir(this.stateDir, { recursive: true });
    await mkdir(logDir, { recursive: true });
    await this.endOrphan();
    await rm(this.localDir, { recursive: true, force: true });
    if (eventLogDir !== undefined) {
      await mkdir(eventLogDir, { recursive: true }); // Spark does not create it
      await removeOld(eventLogDir);
    }
    this.ports = await this.choosePorts();
    this.process.launch(join(installation.home, 'bin', 'spark-submit'), this.submitArguments(), {
      env: this.environment(),
      cwd: this.stateDir,
    });
    await this.process.waitUntilReady(async () => {
      await this.get('/livez');
    });
  }

  /** Sends SIGTERM; resolves when the job is gone. @returns its exit code, null if a signal ended it */
  async stop(): Promise<number | null> {
    await this.process.stop();
    return this.process.exitCode();
  }

  /** Undefined if the job is ready. */
  async whyNotReady(): Promise<string | undefined> {
    const response = await this.get('/readyz').catch(() => undefined);
    if (response === undefined) return 'no answer';
    const { error } = (await response.json()) as { error: Record<string, { message: string }> };
    return response.ok
      ? undefined
      : Object.values(error)
          .map(({ message }) => message)
          .join('; ');
  }

  /**
   * The metrics in Prometheus' text format.
   * @throws Error if the job does not answer within 5 s
   */
  async metrics(): Promise<string> {
    return (await this.get('/metrics')).text();
  }

  private get(path: '/livez' | '/readyz' | '/metrics'): Promise<Response> {
    return fetch(`${this.url}${path}`, { signal: AbortSignal.timeout(5000) });
  }

  private get known(): JobPorts {
    if (!this.ports) throw new Error('The Spark job has no ports before its first start()');
    return this.ports;
  }

  /** Prefers the ports of the last start, so that pages and scrapers can reconnect. */
  private async choosePorts(): Promise<JobPorts> {
    const file = join(this.stateDir, 'ports.json');
    const last = await readPorts(file);
    const ui = await choosePort([last.ui, 4040]);
    const http = await choosePort([last.http], [ui]);
    await writePorts(file, { http, ui });
    return { http, ui };
  }

  private submitArguments(): string[] {
    const { cluster, args = [], jars, eventLogDir, conf } = this.options;
    const settings = {
      'spark.driver.host': HOST,
      'spark.driver.bindAddress': HOST,
      'spark.ui.port': String(this.known.ui),
      'spark.cores.max': String(cluster.cores),
      // --jars would take a path for a URL and split it at commas.
      'spark.driver.extraClassPath': join(jars, '*'),
      'spark.executor.extraClassPath': join(jars, '*'),
      'spark.executorEnv.PYTHONPATH': SPARK_SOURCES,
      'spark.executorEnv.PYTHONDONTWRITEBYTECODE': '1',
      ...(eventLogDir === undefined
        ? {}
        : { 'spark.eventLog.enabled': 'true', 'spark.eventLog.dir': pathToFileURL(resolve(eventLogDir)).href }),
      ...conf,
    };
    return [
      ...['--master', cluster.masterUrl, '--driver-memory', '1g', '--executor-memory', '1g'],
      ...Object.entries(settings).flatMap(([name, value]) => ['--conf', `${name}=${value}`]),
      join(SPARK_SOURCES, 'job.py'),
      ...args,
    ];
  }

  private environment(): NodeJS.ProcessEnv {
    const { installation, cluster, env } = this.options;
    return {
      ...withWholePaths(installation.env),
      ...cluster.env,
      SPARK_HOME: installation.home,
      SPARK_CONF_DIR: CONF_DIR,
      SPARK_LOCAL_IP: HOST,
      SPARK_LOCAL_DIRS: LOCAL_DIR,
      PYSPARK_PYTHON: installation.python,
      PYTHONPATH: SPARK_SOURCES,
      LOG_FORMAT: 'text',
      ...env,
      HOST,
      PORT: String(this.known.http),
    };
  }
}

/** Files of secrets and certificates are named from here, and the job runs in a folder of its own. */
function withWholePaths(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const files = Object.entries(env).filter(([name, path]) => name.endsWith('_FILE') && path);
  return { ...env, ...Object.fromEntries(files.map(([name, path]) => [name, resolve(path!)])) };
}
