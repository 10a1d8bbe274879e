/**
 * The message of an unknown error. For an aggregate it is the messages of its parts, because its own says nothing: Node.js uses one
 * for a host with several addresses, kafkajs for a request about several topics.
 */
export function messageOf(error: unknown): string {
  const { errors } = (error ?? {}) as { errors?: unknown };
  if (Array.isArray(errors) && errors.length > 0) return errors.map(messageOf).join(', ');
  return error instanceof Error ? error.message : String(error);
}
