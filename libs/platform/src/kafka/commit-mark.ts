const PREFIX = 'topic-id=';

/** Metadata to commit with an offset: the id of its topic, because a recreated topic has the same name. */
export function commitMark(topicId: string): string {
  return PREFIX + topicId;
}

/** @returns undefined if another program, or an early version of the consumer, committed the offset */
export function readCommitMark(metadata: string | null | undefined): string | undefined {
  return metadata?.startsWith(PREFIX) ? metadata.slice(PREFIX.length) : undefined;
}
