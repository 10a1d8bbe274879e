import type { HealthState } from '../../health/health-registry.js';

interface Stuck {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly reason: string;
}

/** Partitions that this process cannot read any further, while it reads the others. */
class StuckPartitions {
  /** Called with their number when it changes. */
  onChange: (count: number) => void = () => undefined;
  private readonly stuck = new Map<string, Stuck>();

  /** @returns the text to log, the first time only */
  add(found: Stuck): string | undefined {
    const key = keyOf(found);
    const known = this.stuck.get(key);
    this.stuck.set(key, found);
    this.onChange(this.stuck.size);
    return known?.offset === found.offset ? undefined : textOf(found);
  }

  remove(topic: string, partition: number): void {
    if (this.stuck.size === 0) return;
    if (this.stuck.delete(keyOf({ topic, partition }))) this.onChange(this.stuck.size);
  }

  state(): HealthState {
    if (this.stuck.size === 0) return { up: true };
    return { up: false, detail: [...this.stuck.values()].map(textOf).join('; ') };
  }
}

/** Global, like the patched decoder of kafkajs. */
export const stuckPartitions = new StuckPartitions();

function keyOf({ topic, partition }: Pick<Stuck, 'topic' | 'partition'>): string {
  return `${topic}:${partition}`;
}

function textOf({ topic, partition, offset, reason }: Stuck): string {
  return (
    `partition ${partition} of topic ${topic} cannot be read at offset ${offset}: ${reason}. Restore the log of the broker, or stop ` +
    `the consumers and skip the offset: kafka-consumer-groups.sh --group GROUP --topic ${topic}:${partition} ` +
    `--reset-offsets --to-offset ${offset + 1} --execute`
  );
}
