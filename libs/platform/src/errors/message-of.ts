/**
 * What an unknown error says. An error made of others says what they say: node reports a host with several addresses, and
 * kafkajs a request for several topics, by an error whose own message tells nothing.
 */
export function messageOf(error: unknown): string {
  const { errors } = (error ?? {}) as { errors?: unknown };
  if (Array.isArray(errors) && errors.length > 0) return errors.map(messageOf).join(', ');
  return error instanceof Error ? error.message : String(error);
}
