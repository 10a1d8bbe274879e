/** The names of all Kafka errors in an error, such as TOPIC_AUTHORIZATION_FAILED. kafkajs nests them as causes and in `errors`. */
export function kafkaErrorTypes(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const { type, errors } = error as { type?: unknown; errors?: unknown };
  return [
    ...(typeof type === 'string' ? [type] : []),
    ...(Array.isArray(errors) ? errors.flatMap(kafkaErrorTypes) : []),
    ...(error.cause === error ? [] : kafkaErrorTypes(error.cause)),
  ];
}
