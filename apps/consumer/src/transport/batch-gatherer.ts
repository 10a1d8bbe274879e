import type { KafkaMessage } from 'kafkajs';
import { bytesOf, type Chunk, type GatheredBatch } from './kafka-batch.js';

/** A batch is full at `records` or `bytes`, and due when its first record has waited for `milliseconds`. */
export interface BatchLimits {
  readonly records: number;
  /** Bytes of the records' keys, values and headers. A single record may exceed it. */
  readonly bytes: number;
  readonly milliseconds: number;
}

export interface GathererOptions {
  readonly limits: BatchLimits;
  /** Batches that may be handled at once. */
  readonly concurrency: number;
  /** Handles one batch; must not reject. */
  readonly dispatch: (batch: GatheredBatch) => Promise<void>;
}

/**
 * Gathers records of many fetches and partitions into batches. A batch is dispatched when it is full or due and fewer than
 * `concurrency` batches are being handled. So a slow handler slows down reading, and memory stays bounded.
 */
export class BatchGatherer {
  private chunks: Chunk[] = [];
  private records = 0;
  private bytes = 0;
  private due = false;
  private timer: NodeJS.Timeout | undefined;
  private waiters: (() => void)[] = [];
  private readonly inProgress = new Set<Promise<void>>();

  constructor(private readonly options: GathererOptions) {}

  /** Whether `add` would take a record now. */
  get hasRoom(): boolean {
    return !this.isFull;
  }

  /**
   * Takes messages from index `from` up to the batch's limits.
   *
   * @param next offset to read after the last message
   * @returns the index of the first one not taken
   */
  add(topic: string, partition: number, messages: readonly KafkaMessage[], from: number, next: string): number {
    const { limits } = this.options;
    let end = from;
    let bytes = this.bytes;
    const last = Math.min(messages.length, from + limits.records - this.records);
    while (end < last && (bytes < limits.bytes || end === from)) bytes += bytesOf(messages[end++]!);
    if (end === from) return from;

    this.chunks.push({
      topic,
      partition,
      messages: messages.slice(from, end),
      next: end === messages.length ? next : offsetAfter(messages[end - 1]!.offset),
    });
    this.records += end - from;
    this.bytes = bytes;
    this.startTimer();
    this.dispatchIfReady();
    return end;
  }

  /** Adds offsets without records: the partition was read up to `next`. */
  addEmpty(topic: string, partition: number, next: string): void {
    const at = this.chunks.findLastIndex((chunk) => chunk.topic === topic && chunk.partition === partition);
    if (at < 0) this.chunks.push({ topic, partition, messages: [], next });
    else this.chunks[at] = { ...this.chunks[at]!, next };
    this.startTimer();
  }

  /** Resolves when the next batch is dispatched or handled, at the latest after `milliseconds`. */
  nextChange(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.waiters.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** Dispatches the gathered records as soon as there is room. */
  flush(): void {
    this.due = true;
    this.dispatchIfReady();
  }

  /** Drops the records that were not dispatched. */
  clear(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.due = false;
    this.chunks = [];
    this.records = 0;
    this.bytes = 0;
    this.wake();
  }

  /** Resolves when no batch is being handled. */
  async drain(): Promise<void> {
    while (this.inProgress.size > 0) await Promise.all(this.inProgress);
  }

  private startTimer(): void {
    this.timer ??= setTimeout(() => {
      this.due = true;
      this.dispatchIfReady();
    }, this.options.limits.milliseconds);
  }

  private get isFull(): boolean {
    return this.records >= this.options.limits.records || this.bytes >= this.options.limits.bytes;
  }

  private dispatchIfReady(): void {
    if (this.chunks.length === 0 || !(this.isFull || this.due)) return;
    if (this.inProgress.size >= this.options.concurrency) return;
    const { chunks, records, bytes } = this;
    this.clear();
    const handled = this.options.dispatch({ chunks, records, bytes }).finally(() => {
      this.inProgress.delete(handled);
      this.dispatchIfReady();
      this.wake();
    });
    this.inProgress.add(handled);
  }

  private wake(): void {
    const waiters = this.waiters;
    this.waiters = [];
    for (const wake of waiters) wake();
  }
}

export function offsetAfter(offset: string): string {
  return String(BigInt(offset) + 1n);
}
