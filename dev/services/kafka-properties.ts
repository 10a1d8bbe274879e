export interface KafkaSettings {
  /** 1 is the controller as well; others are brokers of its cluster. */
  nodeId: number;
  port: number;
  /** Of node 1. */
  controllerPort: number;
  dataDir: string;
  /** A second listener, for clients that come through a TCP proxy. */
  proxied?: ProxiedListener;
  /** In place of those below, as somebody else's broker may have them. */
  others?: BrokerSettings;
}

export type BrokerSettings = Readonly<Record<string, string | number | boolean>>;

export interface ProxiedListener {
  /** Of the listener and of the proxy: 127.0.0.1 unless given; an IPv6 address in brackets. */
  host?: string;
  port: number;
  /** The proxy's, which clients are told. */
  advertisedPort: number;
}

/** message.max.bytes: well above the 1 MiB that the contract accepts, so that a record which is too large can still reach the quarantine. */
const MESSAGE_MAX_BYTES = 8 * 1024 * 1024;

/** server.properties of one node. */
export function renderServerProperties({
  nodeId,
  port,
  controllerPort,
  dataDir,
  proxied,
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
  return renderProperties({
    'process.roles': isController ? 'broker,controller' : 'broker',
    'node.id': nodeId,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: listeners.join(),
    'advertised.listeners': advertised.join(),
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,PROXIED:PLAINTEXT',
    'log.dirs': dataDir,

    // Node 1 is mostly alone, and cannot hold three replicas.
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    // Few groups and producers here; each of the usual 50 partitions costs files and start time.
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.num.partitions': 4,

    // The topic is made with a chosen number of partitions; a typing error must not make another one.
    'auto.create.topics.enable': false,
    'group.initial.rebalance.delay.ms': 0,
    'message.max.bytes': MESSAGE_MAX_BYTES,
    'replica.fetch.max.bytes': MESSAGE_MAX_BYTES,

    // Nothing is forgotten while the pipeline stands still: neither records nor how far the groups have read.
    'log.retention.ms': -1,
    'offsets.retention.minutes': 2_147_483_647,

    // After kill -9 the controller takes the dead broker for living until its session ends, and only then lets it register
    // again: 13.7 s to start with the usual 9 s, 6 s with these.
    'broker.session.timeout.ms': 3_000,
    'broker.heartbeat.interval.ms': 500,

    // A small heap: the cleaner would take 128 MiB of it.
    'log.cleaner.dedupe.buffer.size': 16 * 1024 * 1024,
    'num.network.threads': 2,
    'num.io.threads': 4,
    ...others,
  });
}

/** Everything to stdout, which goes to the log file; the long lists of settings at each start are left out. */
export function renderLogging(): string {
  return renderProperties({
    status: 'warn',
    'appender.stdout.type': 'Console',
    'appender.stdout.name': 'stdout',
    'appender.stdout.layout.type': 'PatternLayout',
    'appender.stdout.layout.pattern': '%d{yyyy-MM-dd HH:mm:ss,SSS} %p %m (%c{1})%n',
    'rootLogger.level': 'info',
    'rootLogger.appenderRef.stdout.ref': 'stdout',
    'logger.settings.name': 'org.apache.kafka.common.config.AbstractConfig',
    'logger.settings.level': 'warn',
  });
}

/** Java's .properties form, which is Latin-1: all but printable ASCII is written as `\uXXXX`. */
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
