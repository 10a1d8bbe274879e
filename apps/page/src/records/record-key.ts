/** Where a record is in Kafka. */
export interface RecordKey {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** As text in an address. A topic has no colon: Kafka allows letters, digits, dots, underscores and hyphens. */
export function keyText({ topic, partition, offset }: RecordKey): string {
  return `${topic}:${partition}:${offset}`;
}

/** @returns null for anything that keyText did not make */
export function parseKey(text: string | undefined): RecordKey | null {
  const [, topic, partition, offset] = /^(.{1,255}):(\d{1,10}):(\d{1,16})$/s.exec(text ?? '') ?? [];
  if (topic === undefined) return null;
  return { topic, partition: Number(partition), offset: Number(offset) };
}
