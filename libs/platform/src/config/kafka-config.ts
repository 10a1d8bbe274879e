import { z } from 'zod';
import { boolean, commaList, integer, positiveInteger, readableFile, secret, type ConfigOf } from './env.js';

const BROKER_ADDRESS = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+):\d{1,5}$/i;

const SASL_MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer'] as const;

/** Who issues the tokens of oauthbearer. */
const OAUTH_PROVIDERS = ['client-credentials', 'google', 'msk'] as const;

/** How a client proves who it is, and how it knows the brokers. */
const securityShape = {
  KAFKA_TLS: boolean().default(false),
  /** Default: the certificate authorities of Node.js. */
  KAFKA_TLS_CA_FILE: readableFile().optional(),
  KAFKA_TLS_CERT_FILE: readableFile().optional(),
  KAFKA_TLS_KEY_FILE: readableFile().optional(),
  KAFKA_SASL_MECHANISM: z
    .string()
    .toLowerCase()
    .pipe(z.enum(SASL_MECHANISMS, { error: `must be one of ${SASL_MECHANISMS.join(', ')}` }))
    .optional(),
  KAFKA_SASL_USERNAME: z.string().optional(),
  KAFKA_SASL_PASSWORD: secret('KAFKA_SASL_PASSWORD').optional(),
  KAFKA_OAUTH_PROVIDER: z
    .enum(OAUTH_PROVIDERS, { error: `must be one of ${OAUTH_PROVIDERS.join(', ')}` })
    .default('client-credentials'),
  /** Issues tokens for client credentials (RFC 6749, section 4.4). */
  KAFKA_OAUTH_TOKEN_URL: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).optional(),
  KAFKA_OAUTH_CLIENT_ID: z.string().optional(),
  KAFKA_OAUTH_CLIENT_SECRET: secret('KAFKA_OAUTH_CLIENT_SECRET').optional(),
  KAFKA_OAUTH_SCOPE: z.string().optional(),
  /** Where the cluster of Amazon MSK is. */
  AWS_REGION: z.string().optional(),
};

/** Variables of every app that uses Kafka; spread them into the app's shape. */
export const kafkaShape = {
  ...securityShape,
  KAFKA_BROKERS: commaList(BROKER_ADDRESS, 'a comma-separated list of host:port').default(['localhost:9092']),
  /** Default: the name of the app. */
  KAFKA_CLIENT_ID: z.string().optional(),
  KAFKA_TOPIC: z
    .string()
    .regex(/^[a-zA-Z0-9._-]{1,249}$/, { error: 'must be 1 to 249 of the characters a-z, A-Z, 0-9, ".", "_" and "-"' })
    .default('message_data'),
  KAFKA_TOPIC_PARTITIONS: positiveInteger().default(6),
  KAFKA_TOPIC_REPLICATION: integer(1, 32_767).default(1),
  /** Eight times the largest record that the contract accepts, so that larger ones still reach quarantine. */
  KAFKA_TOPIC_MAX_MESSAGE_BYTES: positiveInteger().default(8_388_608),
};

export type KafkaConfig = ConfigOf<typeof kafkaShape>;

/** What a client needs to reach the brokers. */
export type KafkaClientConfig = Pick<KafkaConfig, 'KAFKA_BROKERS' | 'KAFKA_CLIENT_ID' | keyof typeof securityShape>;

/** One line for each combination of the variables above that is not allowed. */
export function kafkaProblems(config: KafkaConfig): string[] {
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_OAUTH_PROVIDER: provider } = config;
  const isSet = (name: keyof KafkaConfig) => config[name] !== undefined;
  const needed = (names: readonly (keyof KafkaConfig)[], why: string) =>
    names.filter((name) => !isSet(name)).map((name) => `${name} is not set: ${why}`);
  const needless = (names: readonly (keyof KafkaConfig)[], why: string) =>
    names.filter(isSet).map((name) => `${name} has no effect: ${why}`);
  const tls = ['KAFKA_TLS_CA_FILE', 'KAFKA_TLS_CERT_FILE', 'KAFKA_TLS_KEY_FILE'] as const;
  const login = ['KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD'] as const;
  const oauth = ['KAFKA_OAUTH_TOKEN_URL', 'KAFKA_OAUTH_CLIENT_ID', 'KAFKA_OAUTH_CLIENT_SECRET'] as const;
  const byCredentials = mechanism === 'oauthbearer' && provider === 'client-credentials';
  const byName = mechanism !== undefined && mechanism !== 'oauthbearer';
  return [
    ...(config.KAFKA_TLS ? [] : needless(tls, 'set KAFKA_TLS=true')),
    ...(isSet('KAFKA_TLS_CERT_FILE') ? needed(['KAFKA_TLS_KEY_FILE'], 'the certificate needs its private key') : []),
    ...(isSet('KAFKA_TLS_KEY_FILE') ? needed(['KAFKA_TLS_CERT_FILE'], 'the private key needs its certificate') : []),
    ...(byName
      ? needed(login, `KAFKA_SASL_MECHANISM=${mechanism} needs it`)
      : needless(login, 'set KAFKA_SASL_MECHANISM to plain, scram-sha-256 or scram-sha-512')),
    ...(byCredentials
      ? needed(oauth, 'KAFKA_SASL_MECHANISM=oauthbearer needs it')
      : needless([...oauth, 'KAFKA_OAUTH_SCOPE'], 'it needs KAFKA_SASL_MECHANISM=oauthbearer and client credentials')),
    ...(provider !== 'client-credentials' && mechanism !== 'oauthbearer'
      ? [`KAFKA_OAUTH_PROVIDER=${provider} has no effect: set KAFKA_SASL_MECHANISM=oauthbearer`]
      : []),
    ...(provider === 'msk' ? needed(['AWS_REGION'], 'KAFKA_OAUTH_PROVIDER=msk needs the region of the cluster') : []),
  ];
}
