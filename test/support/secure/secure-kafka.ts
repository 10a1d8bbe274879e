import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { toolEnvironment } from '../../../dev/services/config/tool-environment.js';
import { ensureJars } from '../../../dev/services/jars.js';
import { findJava, javaEnvironment } from '../../../dev/services/java.js';
import { KAFKA } from '../../../dev/services/kafka-server.js';
import type { BrokerSettings } from '../../../dev/services/kafka-properties.js';
import { choosePort } from '../../../dev/services/ports.js';
import { resetServices, startServices, type Services } from '../../../dev/services/services.js';
import { CertificateAuthority, type Certificate } from './certificates.js';
import { ClientSettings, LISTENERS, USER, type ListenerName } from './client-settings.js';
import { TokenServer } from './token-server.js';

const STATE_DIR = '.local/secure-kafka';

/** A broker with a listener for each way to be secure, and for each way to fail. */
export class SecureKafka {
  readonly settings = new ClientSettings(this);

  private constructor(
    readonly services: Services,
    /** host:port */
    readonly addresses: Readonly<Record<ListenerName, string>>,
    readonly authority: CertificateAuthority,
    readonly otherAuthority: CertificateAuthority,
    /** Of a client that the broker trusts. */
    readonly client: Certificate,
    readonly tokens: TokenServer,
    private readonly folder: string,
  ) {}

  static async start(): Promise<SecureKafka> {
    const folder = await mkdtemp(join(tmpdir(), 'secure-kafka-'));
    const authority = await CertificateAuthority.create(folder, 'authority');
    const otherAuthority = await CertificateAuthority.create(folder, 'other-authority');
    const tokens = await TokenServer.start();
    const broker = await authority.issue('broker');
    const certificates: Record<ListenerName, Certificate> = {
      sasl: broker,
      scram: broker,
      mutual: broker,
      expired: await authority.issue('expired', { days: -1 }),
      otherhost: await authority.issue('otherhost', { names: 'DNS:kafka.example' }),
    };
    const names = Object.keys(LISTENERS) as ListenerName[];
    const ports: number[] = [];
    while (ports.length < names.length) ports.push(await choosePort([], ports));
    await resetServices({ stateDir: STATE_DIR });
    const services = await startServices({
      stateDir: STATE_DIR,
      databaseUrl: process.env.DATABASE_URL,
      // Kafka reads keys only from addresses that its command line allows.
      env: {
        ...toolEnvironment(),
        JAVA_TOOL_OPTIONS: `-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls=${tokens.origin}/keys`,
      },
      securedKafka: names.map((name, i) => ({ name: name.toUpperCase(), protocol: LISTENERS[name], port: ports[i]! })),
      kafkaSettings: {
        ...Object.fromEntries(names.flatMap((name) => Object.entries(keystore(name, certificates[name])))),
        'listener.name.mutual.ssl.client.auth': 'required',
        'listener.name.mutual.ssl.truststore.type': 'PEM',
        'listener.name.mutual.ssl.truststore.location': authority.cert,
        ...logins(tokens),
      },
    });
    const addresses = Object.fromEntries(names.map((name, i) => [name, `127.0.0.1:${ports[i]}`]));
    const kafka = new SecureKafka(
      services,
      addresses as Record<ListenerName, string>,
      authority,
      otherAuthority,
      await authority.issue('client'),
      tokens,
      folder,
    );
    try {
      await kafka.setPassword(USER.password);
      return kafka;
    } catch (error) {
      await kafka.close();
      throw error;
    }
  }

  /** Creates the user for SCRAM, or changes its password. */
  async setPassword(password: string): Promise<void> {
    const env = toolEnvironment();
    const java = await findJava(KAFKA, env);
    const { folder } = await ensureJars(KAFKA, { cacheDir: '.local/cache', env, log: () => undefined });
    const options = { env: javaEnvironment(env) };
    // Kafka takes one mechanism at a time.
    for (const mechanism of ['SCRAM-SHA-256', 'SCRAM-SHA-512']) {
      const change = ['--alter', '--add-config', `${mechanism}=[password=${password}]`];
      const user = ['--entity-type', 'users', '--entity-name', USER.name];
      const args = ['--bootstrap-server', this.services.kafkaBrokers, ...change, ...user];
      await promisify(execFile)(java, ['-cp', join(folder, '*'), 'kafka.admin.ConfigCommand', ...args], options);
    }
  }

  async close(): Promise<void> {
    await this.services.stop();
    await this.tokens.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

function keystore(listener: ListenerName, { both }: Certificate): BrokerSettings {
  const prefix = `listener.name.${listener}.ssl.keystore`;
  return { [`${prefix}.type`]: 'PEM', [`${prefix}.location`]: both };
}

/** One listener takes all mechanisms, another one only. */
function logins(tokens: TokenServer): BrokerSettings {
  const security = 'org.apache.kafka.common.security';
  const oauth = 'listener.name.sasl.oauthbearer';
  return {
    'listener.name.sasl.sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER',
    'listener.name.sasl.plain.sasl.jaas.config': `${security}.plain.PlainLoginModule required user_${USER.name}="${USER.password}";`,
    'listener.name.sasl.scram-sha-256.sasl.jaas.config': `${security}.scram.ScramLoginModule required;`,
    'listener.name.sasl.scram-sha-512.sasl.jaas.config': `${security}.scram.ScramLoginModule required;`,
    [`${oauth}.sasl.jaas.config`]: `${security}.oauthbearer.OAuthBearerLoginModule required;`,
    [`${oauth}.sasl.server.callback.handler.class`]: `${security}.oauthbearer.OAuthBearerValidatorCallbackHandler`,
    [`${oauth}.sasl.oauthbearer.jwks.endpoint.url`]: `${tokens.origin}/keys`,
    'listener.name.scram.sasl.enabled.mechanisms': 'SCRAM-SHA-512',
    'listener.name.scram.scram-sha-512.sasl.jaas.config': `${security}.scram.ScramLoginModule required;`,
  };
}
