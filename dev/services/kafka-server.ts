import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pingKafka } from './connect.js';
import { ensureJars } from './jars.js';
import { findJava, javaEnvironment } from './java.js';
import {
  renderLogging,
  renderServerProperties,
  type BrokerSettings,
  type ProxiedListener,
  type SecuredListener,
} from './kafka-properties.js';
import { findProjectRoot } from './project.js';
import { choosePort, readPorts, withAnotherPort, writePorts } from './ports.js';
import { runTool } from './run-tool.js';
import { Server } from './server.js';
import { ServerProcess } from './server-process.js';
import { ServiceError } from './service-error.js';

// Measured: starts in 4 s, 350 MB resident. The heap has room for 8 MiB messages and the log cleaner's buffer.
const JVM_FLAGS = [
  '-Xms128m',
  '-Xmx512m',
  '-XX:+UseSerialGC',
  '-XX:+ExitOnOutOfMemoryError',
  '-Djava.awt.headless=true',
];

/** Kafka's jars, including its clients and tools. */
export const KAFKA = {
  name: 'Kafka',
  pom: join(findProjectRoot(), 'dev', 'kafka', 'pom.xml'),
  orElse: 'or set KAFKA_BROKERS to a running Kafka, for example KAFKA_BROKERS=localhost:9092',
};

export interface KafkaServerOptions {
  /** Holds all files of this server. */
  stateDir: string;
  /** Holds the jars; several state folders may share it. */
  cacheDir: string;
  /** Folder for kafka.log. */
  logDir: string;
  env: NodeJS.ProcessEnv;
  log: (line: string) => void;
  /** The cluster that this broker joins. If absent, it starts its own cluster, which other brokers may join. */
  joins?: KafkaCluster;
  proxied?: ProxiedListener;
  secured?: readonly SecuredListener[];
  settings?: BrokerSettings;
}

export interface KafkaCluster {
  readonly clusterId: string;
  readonly controllerPort: number;
  /** 2 and above; the controller is 1. */
  readonly nodeId: number;
}

type KafkaPorts = { port: number; controllerPort: number };

/**
 * Paths relative to the state folder, where Kafka's programs run. Absolute paths are unsafe: Kafka and log4j would misread
 * some folder names (a comma in log.dirs, `%` in a configuration file).
 */
const DATA_DIR = 'data';
const PROPERTIES_FILE = 'server.properties';
const LOGGING_FILE = 'log4j2.properties';

/** The command line for one of the main classes in Kafka's jars. */
type Program = (
  mainClass: string,
  args: readonly string[],
  flags?: readonly string[],
) => [command: string, args: string[]];

/** One Apache Kafka node (KRaft) on 127.0.0.1: broker and controller in one process, or a further broker of its cluster. */
export class KafkaServer extends Server {
  readonly logFile: string;
  protected readonly process: ServerProcess;
  private readonly dataDir: string;
  private readonly portsFile: string;
  private ports?: KafkaPorts;

  constructor(private readonly options: KafkaServerOptions) {
    super();
    const { stateDir, logDir } = options;
    this.logFile = join(logDir, 'kafka.log');
    this.dataDir = join(stateDir, DATA_DIR);
    this.portsFile = join(stateDir, 'ports.json');
    this.process = new ServerProcess({
      name: 'Kafka',
      recordFile: join(stateDir, 'process.json'),
      logFile: this.logFile,
      endings: [
        { signal: 'SIGTERM', withinMs: 20_000 },
        { signal: 'SIGKILL', withinMs: 5_000 },
      ],
      readyWithinMs: 120_000,
    });
  }

  /** For example '127.0.0.1:9092'; known after the first start(). */
  get brokers(): string {
    if (!this.ports) throw new Error('Kafka has no port before its first start()');
    return addressOf(this.ports);
  }

  /** What a further broker needs to join; known after the first start(). */
  async clusterFor(nodeId: number): Promise<KafkaCluster> {
    const clusterId = await this.clusterId();
    if (clusterId === undefined || !this.ports) throw new Error('Kafka has no cluster before its first start()');
    return { clusterId, controllerPort: this.ports.controllerPort, nodeId };
  }

  /**
   * Starts the server, or takes over one that an earlier run left running; resolves when it answers. Port and data stay the
   * same across restarts.
   * @throws ServiceError JAVA_MISSING, JAVA_TOO_OLD, MAVEN_MISSING, JARS_FAILED, KAFKA_FORMAT_FAILED, PORT_TAKEN, SERVER_DID_NOT_START
   */
  async start(): Promise<void> {
    const { stateDir, logDir, env, log } = this.options;
    const startedAt = Date.now();
    await mkdir(stateDir, { recursive: true });
    await mkdir(logDir, { recursive: true });
    if (await this.adoptOrphan()) return;

    const java = await findJava(KAFKA, env);
    const jars = await ensureJars(KAFKA, this.options);
    await writeFile(join(stateDir, LOGGING_FILE), renderLogging());
    const classPath = join(relative(stateDir, jars.folder), '*');
    const program: Program = (mainClass, args, flags = []) => [
      java,
      [...flags, `-Dlog4j2.configurationFile=./${LOGGING_FILE}`, '-cp', classPath, mainClass, ...args],
    ];
    if (this.ports) {
      await this.run(this.ports, program);
    } else {
      await withAnotherPort(async () => {
        const ports = await this.choosePorts();
        await this.run(ports, program);
        this.ports = ports;
      });
    }
    log(`Kafka ${jars.version} ready on ${this.brokers} in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
  }

  stop(): Promise<void> {
    return this.process.stop();
  }

  private async adoptOrphan(): Promise<boolean> {
    if (!this.process.adopt()) return false;
    const { port = 0, controllerPort = 0 } = await readPorts(this.portsFile);
    const ports = { port, controllerPort };
    if (!(await this.process.takeOver(() => this.pingItself(ports)))) return false;
    this.ports = ports;
    this.options.log(`Kafka is already running on ${this.brokers} (pid ${this.pid})`);
    return true;
  }

  /** Prefers the ports of the last run, so that clients can reconnect, then the usual ones. */
  private async choosePorts(): Promise<KafkaPorts> {
    const last = await readPorts(this.portsFile);
    const port = await choosePort([last.port, 9092]);
    if (this.options.joins) return { port, controllerPort: this.options.joins.controllerPort };
    const controllerPort = await choosePort([last.controllerPort, 9093], [port]);
    return { port, controllerPort };
  }

  private async run(ports: KafkaPorts, program: Program): Promise<void> {
    await writePorts(this.portsFile, ports);
    const { clusterId = newClusterId(), nodeId = 1 } = this.options.joins ?? {};
    const { stateDir, proxied, secured, settings: others } = this.options;
    const properties = renderServerProperties({ nodeId, ...ports, dataDir: DATA_DIR, proxied, secured, others });
    await writeFile(join(stateDir, PROPERTIES_FILE), properties);
    if (!existsSync(join(this.dataDir, 'meta.properties'))) {
      await this.format(...program('kafka.tools.StorageTool', ['format', '-t', clusterId, '-c', PROPERTIES_FILE]));
    }
    const options = { cwd: stateDir, env: javaEnvironment(this.options.env) };
    this.process.launch(...program('kafka.Kafka', [PROPERTIES_FILE], JVM_FLAGS), options);
    await this.process.waitUntilReady(() => this.pingItself(ports));
  }

  /** Checks the cluster id: if two servers chose the same port, the other one answers while this one is about to exit. */
  private async pingItself(ports: KafkaPorts): Promise<void> {
    const clusterId = await pingKafka([addressOf(ports)]);
    if (clusterId !== (await this.clusterId())) throw new Error('another Kafka answers on its port');
  }

  private async clusterId(): Promise<string | undefined> {
    const properties = await readFile(join(this.dataDir, 'meta.properties'), 'utf8');
    return /^cluster\.id=(.+)$/m.exec(properties)?.[1];
  }

  private async format(command: string, args: readonly string[]): Promise<void> {
    const options = { cwd: this.options.stateDir, env: javaEnvironment(this.options.env) };
    const { error, exitCode, output } = await runTool(command, args, options);
    if (error || exitCode !== 0) {
      throw new ServiceError(
        'KAFKA_FORMAT_FAILED',
        `Kafka could not prepare its data folder ${this.dataDir}:\n${output.trim()}`,
        {
          cause: error,
        },
      );
    }
  }
}

function addressOf({ port }: KafkaPorts): string {
  return `127.0.0.1:${port}`;
}

/** A random UUID as Kafka writes it: 16 bytes in base64url. */
function newClusterId(): string {
  const id = randomBytes(16);
  id[0] = (id[0] ?? 0) & 0x7f; // no leading '-', which the storage tool would read as an option
  return id.toString('base64url');
}
