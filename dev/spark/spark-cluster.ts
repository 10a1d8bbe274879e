import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { choosePort, readPorts, withAnotherPort, writePorts } from '../services/ports.js';
import { childrenOf, commandLineOf, identify, isSameProcess } from '../services/process-identity.js';
import { readMasterState, readWorkerId, type MasterState } from './daemon-state.js';
import { CONF_DIR, type SparkInstallation } from './installation.js';
import { javaOptions } from './java-options.js';
import { removeOld } from './remove-old.js';
import { SparkDaemon } from './spark-daemon.js';

export interface SparkClusterOptions {
  readonly installation: SparkInstallation;
  /** Holds all files of this cluster. */
  readonly stateDir: string;
  /** Folder for spark-master.log and spark-worker.log. */
  readonly logDir: string;
  /** Resources that the worker offers to executors; default: all cores of the machine and 2g. */
  readonly cores?: number;
  readonly memory?: string;
  readonly log: (line: string) => void;
}

interface SparkPorts extends Record<string, number> {
  master: number;
  masterUi: number;
  workerUi: number;
}

const HOST = '127.0.0.1';
/** Relative to the state folder, where Spark's programs run: Spark splits an absolute path at commas. */
const LOCAL_DIR = 'local';

/** A standalone cluster on 127.0.0.1: a master and one worker. */
export class SparkCluster {
  readonly master: SparkDaemon;
  readonly worker: SparkDaemon;
  readonly cores: number;
  private readonly stateDir: string;
  private readonly workDir: string;
  private readonly localDir: string;
  private readonly portsFile: string;
  /** File with the secret. */
  readonly secretFile: string;
  private secret = '';
  private ports?: SparkPorts;

  constructor(private readonly options: SparkClusterOptions) {
    this.cores = options.cores ?? availableParallelism();
    this.stateDir = resolve(options.stateDir);
    this.workDir = join(this.stateDir, 'work');
    this.localDir = join(this.stateDir, LOCAL_DIR);
    this.portsFile = join(this.stateDir, 'ports.json');
    this.secretFile = join(this.stateDir, 'secret');
    this.master = this.daemon('master', {
      args: () => [
        'org.apache.spark.deploy.master.Master',
        ...['--host', HOST, '--port', `${this.known.master}`, '--webui-port', `${this.known.masterUi}`],
      ],
      probe: () => this.probeMaster(),
    });
    this.worker = this.daemon('worker', {
      args: () => [
        'org.apache.spark.deploy.worker.Worker',
        ...['--host', HOST, '--webui-port', `${this.known.workerUi}`, '--work-dir', this.workDir],
        ...['--cores', `${this.cores}`, '--memory', options.memory ?? '2g'],
        this.masterUrl,
      ],
      probe: () => this.probeWorker(),
    });
  }

  /** For example 'spark://127.0.0.1:7077'. Known, like the other addresses, after the first start(). */
  get masterUrl(): string {
    return `spark://${HOST}:${this.known.master}`;
  }

  /** The URL of the master's web pages. */
  get uiUrl(): string {
    return `http://${HOST}:${this.known.masterUi}`;
  }

  get workerUiUrl(): string {
    return `http://${HOST}:${this.known.workerUi}`;
  }

  /**
   * Starts master and worker, or takes over those of an earlier run; resolves when the worker is registered.
   * @throws ServiceError PORT_TAKEN, SERVER_DID_NOT_START
   */
  async start(): Promise<void> {
    const { log, logDir, installation } = this.options;
    const startedAt = Date.now();
    await mkdir(this.stateDir, { recursive: true });
    await mkdir(logDir, { recursive: true });
    // Daemons that were started without this secret would refuse the jobs.
    const isNew = await this.createSecret();
    this.secret = await readFile(this.secretFile, 'utf8');
    if (isNew) await this.endOrphans();
    else if (await this.adoptOrphans()) return;

    // No executor uses it any more.
    await rm(this.localDir, { recursive: true, force: true });
    await removeOld(this.workDir);
    if (this.ports) {
      await this.startDaemons();
    } else {
      await withAnotherPort(async () => {
        this.ports = await this.choosePorts();
        await this.startDaemons();
      });
    }
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
    log(`Spark ${installation.version} ready on ${this.masterUrl} with ${this.cores} cores in ${seconds} s`);
  }

  /** Stops the worker first, so that the master does not wait for it at its next start. */
  async stop(): Promise<void> {
    await this.worker.stop();
    await this.master.stop();
  }

  /** Stops processes that a killed run left behind. */
  async endOrphans(): Promise<void> {
    await this.worker.endOrphan();
    await this.master.endOrphan();
  }

  /** @throws Error if the master does not answer */
  state(): Promise<MasterState> {
    return readMasterState(this.uiUrl);
  }

  /** Variables of every process that belongs to the cluster: the secret by which they know each other. */
  get env(): Readonly<Record<string, string>> {
    return { _SPARK_AUTH_SECRET: this.secret };
  }

  /** The executor JVMs of the worker. */
  get executorPids(): number[] {
    const children = this.worker.pid === undefined ? [] : childrenOf(this.worker.pid);
    return children.filter((pid) => commandLineOf(pid)?.includes('CoarseGrainedExecutorBackend'));
  }

  /** Kills all executors (kill -9); the worker starts new ones. Resolves when they are gone. */
  async killExecutors(): Promise<void> {
    const executors = this.executorPids.map(identify).filter((executor) => executor !== undefined);
    for (const { pid } of executors) process.kill(pid, 'SIGKILL');
    while (executors.some(isSameProcess)) await new Promise((done) => setTimeout(done, 50));
  }

  private get known(): SparkPorts {
    if (!this.ports) throw new Error('The Spark cluster has no ports before its first start()');
    return this.ports;
  }

  /** @returns whether there was none */
  private async createSecret(): Promise<boolean> {
    try {
      await writeFile(this.secretFile, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx' });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      return false;
    }
  }

  private async adoptOrphans(): Promise<boolean> {
    const ports = await readPorts(this.portsFile);
    if (!isComplete(ports)) return false;
    this.ports = ports;
    // If only one is running, stop it: starting both is quicker than checking it.
    if ((await this.master.adopt()) && (await this.worker.adopt())) {
      this.options.log(`Spark is already running on ${this.masterUrl} (pid ${this.master.pid})`);
      return true;
    }
    this.ports = undefined;
    await this.endOrphans();
    return false;
  }

  /** Prefers the ports of the last run, so that applications can reconnect, then the usual ones. */
  private async choosePorts(): Promise<SparkPorts> {
    const last = await readPorts(this.portsFile);
    const master = await choosePort([last.master, 7077]);
    const masterUi = await choosePort([last.masterUi, 8080], [master]);
    const workerUi = await choosePort([last.workerUi, 8081], [master, masterUi]);
    return { master, masterUi, workerUi };
  }

  private async startDaemons(): Promise<void> {
    await writePorts(this.portsFile, this.known);
    await this.master.start();
    try {
      await this.worker.start();
    } catch (error) {
      await this.master.stop(); // it may have to start on another port
      throw error;
    }
  }

  private daemon(name: string, { args, probe }: { args: () => string[]; probe: () => Promise<void> }): SparkDaemon {
    const { home, env } = this.options.installation;
    return new SparkDaemon({
      name: `The Spark ${name}`,
      recordFile: join(this.stateDir, `${name}-process.json`),
      logFile: join(resolve(this.options.logDir), `spark-${name}.log`),
      program: () => [join(home, 'bin', 'spark-class'), args()],
      cwd: this.stateDir,
      env: () => ({
        ...env,
        ...this.env,
        SPARK_HOME: home,
        SPARK_CONF_DIR: CONF_DIR,
        SPARK_LOCAL_IP: HOST,
        SPARK_LOCAL_DIRS: LOCAL_DIR,
        // Measured: 250 MB resident each.
        SPARK_DAEMON_MEMORY: '256m',
        // Fail if the port is taken, do not try the next one: the address is published before the start.
        SPARK_DAEMON_JAVA_OPTS: javaOptions(['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'], {
          'spark.port.maxRetries': 0,
        }),
        SPARK_MASTER_OPTS: javaOptions([], {
          'spark.deploy.recoveryDirectory': join(this.stateDir, 'recovery'),
          // A restarted master hears from living workers and applications within 0.3 s, and waits this long for dead ones (default 60 s).
          'spark.deploy.recoveryTimeout': 5,
        }),
      }),
      probe,
    });
  }

  private async probeMaster(): Promise<void> {
    const { status, url } = await this.state();
    if (url !== this.masterUrl) throw new Error(`${this.uiUrl} belongs to ${url}`);
    if (status !== 'ALIVE') throw new Error(`the master is ${status}`);
  }

  private async probeWorker(): Promise<void> {
    const own = await readWorkerId(this.workerUiUrl);
    const { workers } = await this.state();
    if (!workers.some(({ id, state }) => id === own && state === 'ALIVE'))
      throw new Error('the master does not list the worker');
  }
}

function isComplete(ports: Record<string, number>): ports is SparkPorts {
  return [ports.master, ports.masterUi, ports.workerUi].every((port) => port !== undefined);
}
