/** Kafka's names of the errors that no repetition cures, and what cures them. */
const REFUSALS: Readonly<Record<string, string>> = {
  MESSAGE_TOO_LARGE:
    'a record is larger than the topic accepts. Raise max.message.bytes of the topic (8388608 holds every record)',
  RECORD_LIST_TOO_LARGE: 'a batch is larger than a log segment of the topic. Raise segment.bytes of the topic',
  INVALID_TOPIC_EXCEPTION: 'the topic name is not valid. Correct KAFKA_TOPIC',
  TOPIC_AUTHORIZATION_FAILED:
    'this client may not write to the topics. Grant it WRITE on the topic and its positions topic',
  CLUSTER_AUTHORIZATION_FAILED: 'this client may not write idempotently. Grant it IDEMPOTENT_WRITE on the cluster',
  SASL_AUTHENTICATION_FAILED: 'the credentials are not accepted. Correct them',
  UNSUPPORTED_VERSION: 'the brokers are too old. Use Kafka 2.1 or newer',
  POLICY_VIOLATION: 'a policy of the brokers forbids the records. Ask who runs the brokers',
  INVALID_RECORD:
    'the brokers do not accept the records, such as a topic that was not created by this program. Check its configuration',
};

/** The broker has lost or never had the state of this producer's id. */
const UNKNOWN_PRODUCER = new Set([
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'UNKNOWN_PRODUCER_ID',
  'INVALID_PRODUCER_EPOCH',
  'INVALID_PRODUCER_ID_MAPPING',
]);

/** The Kafka error names in an error, its causes and its parts; kafkajs wraps one into the other. */
export function kafkaErrorTypes(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const { type, errors } = error as { type?: unknown; errors?: unknown };
  return [
    ...(typeof type === 'string' ? [type] : []),
    ...(Array.isArray(errors) ? errors.flatMap(kafkaErrorTypes) : []),
    ...(error.cause === error ? [] : kafkaErrorTypes(error.cause)),
  ];
}

/** Why Kafka will never accept this and what to do; null for what may pass. */
export function refusal(error: unknown): string | null {
  const known = kafkaErrorTypes(error).find((type) => type in REFUSALS);
  if (known !== undefined) return `Kafka refuses (${known}): ${REFUSALS[known]}.`;
  return error instanceof Error && PROGRAMMING_ERRORS.has(error.name) ? `Sending failed: ${error.message}` : null;
}

/** A mistake in this program must not be tried for ever. */
const PROGRAMMING_ERRORS = new Set(['TypeError', 'RangeError', 'ReferenceError']);

export function mustRenewProducer(error: unknown): boolean {
  return kafkaErrorTypes(error).some((type) => UNKNOWN_PRODUCER.has(type));
}
