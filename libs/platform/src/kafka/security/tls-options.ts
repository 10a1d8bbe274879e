import type { ConnectionOptions } from 'node:tls';
import type { KafkaClientConfig } from '../../config/kafka-config.js';
import { readReplacedFile } from '../../config/replaced-file.js';

/** TLS options for one connection; undefined without TLS. Reads the files again each time, because certificates are renewed. */
export function tlsOptionsOf(config: KafkaClientConfig): ConnectionOptions | undefined {
  if (!config.KAFKA_TLS) return undefined;
  return {
    ca: contentOf(config.KAFKA_TLS_CA_FILE),
    cert: contentOf(config.KAFKA_TLS_CERT_FILE),
    key: contentOf(config.KAFKA_TLS_KEY_FILE),
  };
}

function contentOf(path: string | undefined): Buffer | undefined {
  return path === undefined ? undefined : readReplacedFile(path);
}
