import { DatabaseSetBackError } from './database-set-back-error.js';

interface Place {
  readonly topicId: string;
  readonly partition: number;
}

export interface StoredPosition extends Place {
  readonly next: bigint;
}

/** The positions that the mart has as far as this consumer knows. */
export class StoredPositions {
  private readonly positions = new Map<string, StoredPosition>();

  constructor(private readonly topic: string) {}

  get(place: Place): bigint | undefined {
    return this.positions.get(keyOf(place))?.next;
  }

  all(): StoredPosition[] {
    return [...this.positions.values()];
  }

  /** The known positions of these partitions. */
  of(places: readonly Place[]): StoredPosition[] {
    return places.flatMap((place) => this.positions.get(keyOf(place)) ?? []);
  }

  set(positions: readonly StoredPosition[]): void {
    for (const { topicId, partition, next } of positions) {
      this.positions.set(keyOf({ topicId, partition }), { topicId, partition, next });
    }
  }

  /** Like `set`, but keeps a higher position. */
  raise(positions: readonly StoredPosition[]): void {
    this.set(positions.filter((each) => each.next > (this.get(each) ?? -1n)));
  }

  clear(): void {
    this.positions.clear();
  }

  /**
   * Compares `expected` positions, as they were known before the mart was read, with those of the mart. A position that was set
   * meanwhile is not compared.
   *
   * @throws DatabaseSetBackError
   */
  compare(expected: readonly StoredPosition[], stored: readonly StoredPosition[]): void {
    const found = new Map(stored.map((each) => [keyOf(each), each.next]));
    for (const position of expected) {
      const key = keyOf(position);
      const next = found.get(key);
      if (this.positions.get(key) !== position || (next !== undefined && next >= position.next)) continue;
      throw new DatabaseSetBackError(this.topic, position.partition, position.next, next);
    }
  }
}

function keyOf({ topicId, partition }: Place): string {
  return `${topicId}/${partition}`;
}
