import { kafkaErrorTypes } from '#platform/kafka/kafka-error-types.js';
import { kafkaFault } from '#platform/kafka/security/kafka-fault.js';
import { KafkaRefusedError } from '#platform/kafka/security/kafka-refused-error.js';

/** Kafka errors that retries do not cure, and what to do about them. */
const REFUSALS: Readonly<Record<string, string>> = {
  MESSAGE_TOO_LARGE:
    'a record is larger than the topic accepts. Raise max.message.bytes of the topic (8388608 is enough for any record)',
  RECORD_LIST_TOO_LARGE: 'a batch is larger than a log segment of the topic. Raise segment.bytes of the topic',
  INVALID_TOPIC_EXCEPTION: 'the topic name is not valid. Correct KAFKA_TOPIC',
  TOPIC_AUTHORIZATION_FAILED:
    "this client's user lacks Write on the topic, or Read and Write on its positions topic. Grant them as in docs/rights.md",
  CLUSTER_AUTHORIZATION_FAILED:
    "this client's user may not write idempotently. Grant it Write on the topic, before Kafka 2.8 also IdempotentWrite on the cluster",
  UNSUPPORTED_VERSION: 'the brokers are too old. Use Kafka 2.1 or newer',
  POLICY_VIOLATION: 'a broker policy forbids the records. Ask the operator of the cluster',
  INVALID_RECORD:
    'the brokers reject the records, perhaps because another program created the topic. Check the configuration of the topic',
};

/** The broker has lost, or never had, the state of this producer id. */
const UNKNOWN_PRODUCER = new Set([
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'UNKNOWN_PRODUCER_ID',
  'INVALID_PRODUCER_EPOCH',
  'INVALID_PRODUCER_ID_MAPPING',
]);

/** Why Kafka will never accept the request, and what to do about it; null for an error worth retrying. */
export function refusal(error: unknown): string | null {
  if (error instanceof KafkaRefusedError) return error.message;
  const known = kafkaErrorTypes(error).find((type) => type in REFUSALS);
  if (known !== undefined) return `Kafka refuses (${known}): ${REFUSALS[known]}.`;
  const fault = kafkaFault(error);
  if (fault !== undefined) return `Kafka refuses: ${fault}`;
  return error instanceof Error && PROGRAMMING_ERRORS.has(error.name) ? `Sending failed: ${error.message}` : null;
}

/** Bugs in this program must not be retried forever. */
const PROGRAMMING_ERRORS = new Set(['TypeError', 'RangeError', 'ReferenceError']);

export function mustRenewProducer(error: unknown): boolean {
  return kafkaErrorTypes(error).some((type) => UNKNOWN_PRODUCER.has(type));
}
