import { readFile } from 'node:fs/promises';
import type { Certificate, CertificateAuthority } from './certificates.js';
import { TOKEN_CLIENT, TOKEN_SCOPE, type TokenServer } from './token-server.js';

/** The password has characters that URLs, shells and Java's settings treat specially. */
export const USER = { name: 'messages-app', password: 'pa%ss#w rd+1' };

/** Listeners with TLS: with logins, with certificates of clients, and with certificates that no client should accept. */
export const LISTENERS = {
  sasl: 'SASL_SSL',
  scram: 'SASL_SSL',
  mutual: 'SSL',
  expired: 'SSL',
  otherhost: 'SSL',
} as const;
export type ListenerName = keyof typeof LISTENERS;

/** What clients need to know of the broker. */
interface SecureBroker {
  /** host:port */
  readonly addresses: Readonly<Record<ListenerName, string>>;
  readonly authority: CertificateAuthority;
  readonly otherAuthority: CertificateAuthority;
  /** Of a client that the broker trusts. */
  readonly client: Certificate;
  readonly tokens: TokenServer;
}

export type Settings = Readonly<Record<string, string>>;

/** Environment variables of apps that connect to this broker, for both engines. */
export class ClientSettings {
  constructor(private readonly kafka: SecureBroker) {}

  at(listener: ListenerName): Settings {
    return { KAFKA_BROKERS: this.kafka.addresses[listener] };
  }

  /** File of an authority that signed no certificate of the broker. */
  get otherAuthority(): string {
    return this.kafka.otherAuthority.cert;
  }

  tls(): Settings {
    return { KAFKA_TLS: 'true', KAFKA_TLS_CA_FILE: this.kafka.authority.cert };
  }

  login(mechanism: string, change: Settings = {}): Settings {
    const user = { KAFKA_SASL_USERNAME: USER.name, KAFKA_SASL_PASSWORD: USER.password };
    return { KAFKA_SASL_MECHANISM: mechanism, ...user, ...change };
  }

  oauth(change: Settings = {}): Settings {
    return {
      KAFKA_SASL_MECHANISM: 'oauthbearer',
      KAFKA_OAUTH_TOKEN_URL: `${this.kafka.tokens.origin}/token`,
      KAFKA_OAUTH_CLIENT_ID: TOKEN_CLIENT.id,
      KAFKA_OAUTH_CLIENT_SECRET: TOKEN_CLIENT.secret,
      KAFKA_OAUTH_SCOPE: TOKEN_SCOPE,
      ...change,
    };
  }

  /** With a certificate of the client. */
  ofClient(): Settings {
    const { cert, key } = this.kafka.client;
    return { ...this.tls(), KAFKA_TLS_CERT_FILE: cert, KAFKA_TLS_KEY_FILE: key };
  }

  /** Everything that an app is given and must not show; of the key, its first line. */
  async secrets(databaseUrl: string): Promise<string[]> {
    const key = (await readFile(this.kafka.client.key, 'utf8')).split('\n')[1]!;
    const { password } = new URL(databaseUrl);
    return [USER.password, TOKEN_CLIENT.secret, key, ...(password === '' ? [] : [decodeURIComponent(password)])];
  }
}
