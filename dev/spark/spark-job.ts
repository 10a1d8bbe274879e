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
  /** Folder with the jars that Spark needs beyond its Python package to read from Kafka. */
  readonly jars: string;
  readonly cluster: SparkCluster;
  /** Tells jobs of one cluster apart: spark-NAME.log. */
  readonly name: string;
  /** Everything of this job is below it, but its checkpoint. */
  readonly stateDir: string;
  /** Folder for its log. */
  readonly logDir: string;
  /** What the job is told (spark/messages_spark/config.py); HOST and PORT are chosen here. */
  readonly env: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  /** Further settings of Spark, by name. */
  readonly conf?: Readonly<Record<string, string>>;
  /** Where Spark writes event logs; it writes none unless given. */
  readonly eventLogDir?: string;
}

interface JobPorts extends Record<string, number> {
  http: number;
  ui: number;
}

const HOST = '127.0.0.1';
/** Below the state folder, which is the working folder of Spark's programs: Spark splits an absolute path at commas. */
const LOCAL_DIR = 'local';

/** spark/job.py on a cluster of this machine: spark-submit becomes the driver's JVM, whose child is the Python program. */
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
        // A JVM drops everything at a signal; the Python program ends in order, and the JVM with it.
        { signal: 'SIGTERM', toChildren: true, withinMs: 30_000 },
        { signal: 'SIGTERM', withinMs: 10_000 },
        { signal: 'SIGKILL', withinMs: 5_000 },
      ],
      readyWithinMs: 60_000,
    });
  }

  /** Where it answers /livez, /readyz and /metrics; known, as the other address, once it was started. */
  get url(): string {
    return `http://${HOST}:${this.known.http}`;
  }

  /** The driver's pages. */
  get uiUrl(): string {
    return `http://${HOST}:${this.known.ui}`;
  }

  /**
   * Starts the job; resolves when it answers, which is before it has read a record. One that a killed run left behind is ended
   * first, since what it was told may no longer be so.
   * @throws ServiceError SERVER_DID_NOT_START
   */
  async start(): Promise<void> {
    const { installation, logDir, eventLogDir } = this.options;
    await mkdir(this.stateDir, { recursive: true });
    await mkdir(logDir, { recursive: true });
    await this.endOrphan();
    await rm(this.localDir, { recursive: true, force: true });
    if (eventLogDir !== undefined) {
      await mkdir(eventLogDir, { recursive: true }); // Spark would not
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

  /** SIGTERM; resolves when it is gone. @returns its exit code, null when a signal ended it */
  async stop(): Promise<number | null> {
    await this.process.stop();
    return this.process.exitCode();
  }

  /** Undefined when it is ready. */
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
   * In Prometheus' text form.
   * @throws Error when it does not answer within 5 s
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

  /** Those of the last start when they are free, since pages and scrapers come back to them. */
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
      // Not by --jars, which takes a path for a URL and splits it at commas.
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
    const { installation, env } = this.options;
    return {
      ...installation.env,
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
