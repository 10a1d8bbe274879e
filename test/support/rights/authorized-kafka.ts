import {
  AclOperationTypes,
  AclPermissionTypes,
  AclResourceTypes,
  Kafka,
  ResourcePatternTypes,
  logLevel,
  type Admin,
} from 'kafkajs';
import { toolEnvironment } from '../../../dev/services/config/tool-environment.js';
import { choosePort } from '../../../dev/services/ports.js';
import { resetServices, startServices, type Services } from '../../../dev/services/services.js';
import { waitUntil } from '../wait-until.js';
import type { DocumentedRight, RightsUser } from './kafka-rights.js';

const STATE_DIR = '.local/authorized-kafka';
const USERS: readonly (RightsUser | 'nobody')[] = ['producer', 'consumer', 'gateway', 'spark', 'nobody'];

/** A broker that denies by default, with a user for each app. The listener without a login is for set-up: it may do everything. */
export class AuthorizedKafka {
  private constructor(
    readonly services: Services,
    private readonly address: string,
    private readonly admin: Admin,
  ) {}

  /** @param databaseUrl that of the test run by default; without it, a PostgreSQL is started as well */
  static async start(databaseUrl = process.env.DATABASE_URL): Promise<AuthorizedKafka> {
    const port = await choosePort([]);
    await resetServices({ stateDir: STATE_DIR });
    const users = USERS.map((user) => `user_${user}="${passwordOf(user)}"`).join(' ');
    const services = await startServices({
      stateDir: STATE_DIR,
      databaseUrl,
      env: toolEnvironment(),
      securedKafka: [{ name: 'LOGIN', protocol: 'SASL_PLAINTEXT', port }],
      kafkaSettings: {
        'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
        'allow.everyone.if.no.acl.found': false,
        'super.users': 'User:ANONYMOUS',
        'listener.name.login.sasl.enabled.mechanisms': 'PLAIN',
        'listener.name.login.plain.sasl.jaas.config': `org.apache.kafka.common.security.plain.PlainLoginModule required ${users};`,
      },
    });
    const admin = new Kafka({ brokers: services.kafkaBrokers.split(','), logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    return new AuthorizedKafka(services, `127.0.0.1:${port}`, admin);
  }

  /** Environment variables of an app that logs in as this user. */
  settingsOf(user: RightsUser | 'nobody'): Record<string, string> {
    return {
      KAFKA_BROKERS: this.address,
      KAFKA_SASL_MECHANISM: 'plain',
      KAFKA_SASL_USERNAME: user,
      KAFKA_SASL_PASSWORD: passwordOf(user),
    };
  }

  /** Replaces all rights. */
  async setRights(rights: readonly DocumentedRight[]): Promise<void> {
    const { ANY } = AclResourceTypes;
    const all = { resourceType: ANY, resourcePatternType: ResourcePatternTypes.ANY };
    const any = { ...all, operation: AclOperationTypes.ANY, permissionType: AclPermissionTypes.ANY };
    await this.admin.deleteAcls({ filters: [any] });
    if (rights.length > 0) await this.admin.createAcls({ acl: rights.map(entryOf) });
    await waitUntil('the broker knows the rights', async () => {
      const { resources } = await this.admin.describeAcls(any);
      return resources.reduce((sum, { acls }) => sum + acls.length, 0) === rights.length;
    });
  }

  async groupsThatStartWith(prefix: string): Promise<string[]> {
    const { groups } = await this.admin.listGroups();
    return groups.map(({ groupId }) => groupId).filter((group) => group.startsWith(prefix));
  }

  async close(): Promise<void> {
    await this.admin.disconnect();
    await this.services.stop();
  }
}

function passwordOf(user: string): string {
  return `password-of-${user}`;
}

function entryOf({ user, resource, name, isPrefix, operation }: DocumentedRight) {
  const code = operation.replaceAll(/(?<!^)[A-Z]/g, '_$&').toUpperCase() as keyof typeof AclOperationTypes;
  return {
    principal: `User:${user}`,
    host: '*',
    resourceType: resource === 'topic' ? AclResourceTypes.TOPIC : AclResourceTypes.GROUP,
    resourceName: name,
    resourcePatternType: isPrefix ? ResourcePatternTypes.PREFIXED : ResourcePatternTypes.LITERAL,
    operation: AclOperationTypes[code],
    permissionType: AclPermissionTypes.ALLOW,
  };
}
