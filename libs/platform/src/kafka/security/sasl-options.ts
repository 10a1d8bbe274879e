import type { SASLOptions } from 'kafkajs';
import type { KafkaClientConfig } from '../../config/kafka-config.js';
import { OauthTokens } from './oauth-tokens.js';

/** How kafkajs logs in; undefined without SASL. Passwords are read for each login, because they are rotated. */
export function saslOptionsOf(config: KafkaClientConfig): SASLOptions | undefined {
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: username = '', KAFKA_SASL_PASSWORD: password } = config;
  if (mechanism === undefined) return undefined;
  if (mechanism === 'oauthbearer') {
    const tokens = OauthTokens.from(config);
    return { mechanism, oauthBearerProvider: async () => ({ value: await tokens.current() }) };
  }
  return {
    mechanism,
    username,
    get password() {
      return password!.value;
    },
  };
}
