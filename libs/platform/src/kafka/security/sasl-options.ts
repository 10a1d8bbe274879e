import type { SASLOptions } from 'kafkajs';
import type { KafkaClientConfig } from '../../config/kafka-config.js';
import { clientCredentials } from './tokens/client-credentials.js';
import { googleTokens } from './tokens/google.js';
import { mskTokens } from './tokens/msk.js';
import { SharedToken } from './tokens/shared-token.js';
import type { TokenSource } from './tokens/token-source.js';

/** How kafkajs logs in; undefined without SASL. Passwords are read for each login, because they are rotated. */
export function saslOptionsOf(config: KafkaClientConfig): SASLOptions | undefined {
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: username = '', KAFKA_SASL_PASSWORD: password } = config;
  if (mechanism === undefined) return undefined;
  if (mechanism === 'oauthbearer') {
    const token = new SharedToken(tokenSourceOf(config));
    return { mechanism, oauthBearerProvider: async () => ({ value: await token.current() }) };
  }
  return {
    mechanism,
    username,
    get password() {
      return password!.value;
    },
  };
}

function tokenSourceOf(config: KafkaClientConfig): TokenSource {
  switch (config.KAFKA_OAUTH_PROVIDER) {
    case 'google':
      return googleTokens();
    case 'msk':
      return mskTokens(config.AWS_REGION!);
    case 'client-credentials':
      return clientCredentials(config);
  }
}
