export interface KafkaSettings {
  /** Node 1 is broker and controller; the others are brokers of its cluster. */
  nodeId: number;
  port: number;
  /** The controller's port, on node 1. */
  controllerPort: number;
  dataDir: string;
  /** A second listener, for clients that come through a TCP proxy. */
  proxied?: ProxiedListener;
  /** Further listeners, for tests of secure connections; their keys and logins are in `others`. */
  secured?: readonly SecuredListener[];
  /** Settings that override those below, for tests of differently configured brokers. */
  others?: BrokerSettings;
}

export type BrokerSettings = Readonly<Record<string, string | number | boolean>>;

export interface SecuredListener {
  /** In upper case. */
  name: string;
  protocol: 'SSL' | 'SASL_SSL' | 'SASL_PLAINTEXT';
  port: number;
}

export interface ProxiedListener {
  /** Host of the listener and of the proxy; default: 127.0.0.1. An IPv6 address has brackets. */
  host?: string;
  port: number;
  /** The proxy's port, which the broker advertises. */
  advertisedPort: number;
}

/** message.max.bytes: well above the 1 MiB of the contract, so that oversized records can still reach the quarantine. */
const MESSAGE_MAX_BYTES = 8 * 1024 * 1024;

/** The server.properties of one node. */
export function renderServerProperties({
  nodeId,
  port,
  controllerPort,
  dataDir,
  proxied,
  secured = [],
  others,
}: KafkaSettings): string {
  const isController = nodeId === 1;
  const listeners = [`PLAINTEXT://127.0.0.1:${port}`];
  const advertised = [...listeners];
  if (isController) listeners.push(`CONTROLLER://127.0.0.1:${controllerPort}`);
  if (proxied) {
    const { host = '127.0.0.1' } = proxied;
    listeners.push(`PROXIED://${host}:${proxied.port}`);
    advertised.push(`PROXIED://${host}:${proxied.advertisedPort}`);
  }
  const addresses = secured.map((each) => `${each.name}://127.0.0.1:${each.port}`);
  listeners.push(...addresses);
  advertised.push(...addresses);
  const protocols = secured.map(({ name, protocol }) => `,${name}:${protocol}`).join('');
  return renderProperties({
    'process.roles': isController ? 'broker,controller' : 'broker',
    'node.id': nodeId,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: listeners.join(),
    'advertised.listeners': advertised.join(),
    'listener.security.protocol.map': `PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,PROXIED:PLAINTEXT${protocols}`,
    'log.dirs': dataDir,

    // Node 1 often runs alone and cannot hold three replicas.
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    // There are few groups and producers here; each of the default 50 partitions costs files and start time.
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.num.partitions': 4,

    // The number of partitions is a choice, and a typing error must not create a topic.
    'auto.create.topics.enable': false,
    'group.initial.rebalance.delay.ms': 0,
    'message.max.bytes': MESSAGE_MAX_BYTES,
    'replica.fetch.max.bytes': MESSAGE_MAX_BYTES,

    // Records and committed offsets stay even if the pipeline is idle for long.
    'log.retention.ms': -1,
    'offsets.retention.minutes': 2_147_483_647,

    // After kill -9 the controller keeps the dead broker's session, and rejects the new one until it ends: a restart takes 13.7 s
    // with the default of 9 s, 6 s with this.
    'broker.session.timeout.ms': 3_000,
    'broker.heartbeat.interval.ms': 500,

    // The heap is small; the cleaner's default buffer is 128 MiB.
    'log.cleaner.dedupe.buffer.size': 16 * 1024 * 1024,
    'num.network.threads': 2,
    'num.io.threads': 4,
    ...others,
  });
}

/** Logs to stdout, which goes to the log file, without the long lists of settings at each start. */
export function renderLogging(): string {
  return renderProperties({
    status: 'warn',
    'appender.stdout.type': 'Console',
    'appender.stdout.name': 'stdout',
    'appender.stdout.layout.type': 'PatternLayout',
    'appender.stdout.layout.pattern': `%d{yyyy-MM-dd'T'HH:mm:ss.SSS'Z'}{UTC} %p %m (%c{1})%n`,
    'rootLogger.level': 'info',
    'rootLogger.appenderRef.stdout.ref': 'stdout',
    'logger.settings.name': 'org.apache.kafka.common.config.AbstractConfig',
    'logger.settings.level': 'warn',
  });
}

/** Java's .properties format, which is Latin-1: everything but printable ASCII becomes `\uXXXX`. */
export function renderProperties(properties: Record<string, string | number | boolean>): string {
  return Object.entries(properties)
    .map(([key, value]) => `${key}=${escapeValue(String(value))}\n`)
    .join('');
}

function escapeValue(value: string): string {
  const ascii = value
    .replaceAll('\\', '\\\\')
    .replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return ascii.replace(/^ /, '\\ ');
}
