const PREFIX = 'topic-id=';

/** What is committed beside an offset: which topic it is an offset of, since a topic that is created again keeps its name. */
export function commitMark(topicId: string): string {
  return PREFIX + topicId;
}

/** @returns undefined where somebody else committed, or a version of the consumer that left no mark */
export function readCommitMark(metadata: string | null | undefined): string | undefined {
  return metadata?.startsWith(PREFIX) ? metadata.slice(PREFIX.length) : undefined;
}
