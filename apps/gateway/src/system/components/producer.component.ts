import { basename } from 'node:path';
import { isUnknownTopic, type AdminConnection } from '#platform/kafka/admin-connection.js';
import { positionsTopicOf, type FilePosition } from '#platform/producer-positions/file-position.js';
import { isDenied, missingRight } from '#platform/kafka/security/missing-right.js';
import { recordsIn } from '#platform/kafka/records-in.js';
import type { Component, ProbeResponse } from '../component.js';
import { RateMeter } from '../rate-meter.js';
import { deniedResponse } from './denied-response.js';
import type { PositionsReader } from './positions-reader.js';

export interface ProducedFile {
  readonly file: string;
  /** Rows acknowledged by Kafka. */
  readonly rows: number;
  readonly done: boolean;
}

/** The file that is being produced. */
export interface CurrentFile {
  readonly file: string;
  readonly rows: number;
  /** Share of its bytes that were read, from 0 to 1; null if the producer does not tell. */
  readonly progress: number | null;
  /** At the rate of the last ten seconds; null while it is unknown. */
  readonly seconds_left: number | null;
}

export interface ProducerDetails {
  /** Offsets of the topic: records ever produced, by any program, and transaction markers. */
  readonly records: number;
  readonly records_per_second: number | null;
  /** Whether all files that were started are done; false before the first. Null until the positions are read, like the next two. */
  readonly done: boolean | null;
  readonly rows: number | null;
  /** Open files first; at most 100. */
  readonly files: readonly ProducedFile[] | null;
  readonly files_done: number | null;
  readonly files_open: number | null;
  /** The file that was produced last and is not done; null if there is none. */
  readonly current: CurrentFile | null;
}

/** A working producer writes several times a second. */
const STALLED_AFTER_MS = 60_000;

/** More would make /health unreadable. */
const MAX_FILES = 100;

/**
 * The producer, as seen in Kafka. It cannot be probed itself: it ends when its files are done.
 */
export class ProducerComponent implements Component<ProducerDetails> {
  readonly name = 'producer';
  readonly remedy = 'The state of the producer is read from Kafka: see the component kafka.';
  private readonly meter = new RateMeter();
  private readonly bytes = new RateMeter();
  private readBytesOf: string | undefined;
  private progress = { at: Date.now(), records: -1 };

  /**
   * @param connection for the message topic
   * @param positionsConnection for the positions topic: with one connection for both, kafkajs would not say which topic is unknown or
   * denied
   */
  constructor(
    private readonly connection: AdminConnection,
    private readonly positionsConnection: AdminConnection,
    private readonly topic: string,
    private readonly reader: PositionsReader,
  ) {}

  async probe(): Promise<ProbeResponse<ProducerDetails>> {
    try {
      const [records, hasPositions] = await Promise.all([
        this.connection.run((admin) => recordsIn(admin, this.topic)),
        this.hasPositions(),
      ]);
      // Not awaited: joining a group takes seconds.
      if (hasPositions) void this.reader.start();
      else this.reader.clear();
      return this.judge(records, hasPositions);
    } catch (error) {
      const denied = deniedResponse(error, [{ resource: 'topic', name: this.topic, operations: ['Describe'] }]);
      if (denied) return denied;
      if (!isUnknownTopic(error)) throw error;
      return { status: 'absent', message: `nothing has been produced: topic ${this.topic} does not exist` };
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.reader.close(), this.connection.close(), this.positionsConnection.close()]);
  }

  private async hasPositions(): Promise<boolean> {
    const topic = positionsTopicOf(this.topic);
    try {
      return await this.positionsConnection.run(async (admin) => (await recordsIn(admin, topic)) > 0);
    } catch (error) {
      if (isUnknownTopic(error)) return false;
      // The reader then reports which right is missing.
      if (isDenied(error, 'topic')) return true;
      throw error;
    }
  }

  private judge(records: number, hasPositions: boolean): ProbeResponse<ProducerDetails> {
    const now = Date.now();
    this.meter.add(records, now);
    if (records !== this.progress.records) this.progress = { at: now, records };
    const produced = { records, records_per_second: this.meter.perSecond };
    const { denied } = this.reader;
    const positions = [...this.reader.positions.values()];
    if (positions.length === 0 && hasPositions) {
      const unknown = { done: null, rows: null, files: null, files_done: null, files_open: null, current: null };
      const details = { ...produced, ...unknown };
      if (denied) return { status: 'degraded', ...missingRight(denied), details };
      return { status: 'up', message: 'reading the positions', details };
    }
    const open = positions.filter(({ done }) => !done);
    const details = {
      ...produced,
      done: positions.length > 0 && open.length === 0,
      rows: positions.reduce((sum, { rows }) => sum + rows, 0),
      files: [...open, ...positions.filter(({ done }) => done)]
        .slice(0, MAX_FILES)
        .map(({ file, rows, done }) => ({ file: basename(file), rows, done })),
      files_done: positions.length - open.length,
      files_open: open.length,
      current: this.current(open, now),
    };
    if (denied) return { status: 'degraded', ...missingRight(denied), details };
    if (positions.length === 0) return { status: 'absent', message: 'no file was started', details };
    const idleMs = now - this.progress.at;
    if (open.length > 0 && idleMs > STALLED_AFTER_MS) {
      return {
        status: 'degraded',
        message: `${basename(open[0]!.file)} is not done, and nothing was produced for ${Math.round(idleMs / 1000)} s`,
        action:
          'Start the producer again with the same file: it continues where it stopped. Its log says why it ended.',
        runbook: 'ProducerStalled',
        details,
      };
    }
    return { status: 'up', message: open.length > 0 ? 'producing' : 'done', details };
  }

  private current(open: readonly FilePosition[], now: number): CurrentFile | null {
    const { newest } = this.reader;
    const position = newest !== undefined && !newest.done ? newest : open[0];
    if (position === undefined) return null;
    const { file, rows, bytesRead, size } = position;
    if (file !== this.readBytesOf) this.bytes.reset();
    this.readBytesOf = file;
    // A file that grows is larger than it was at the start.
    if (bytesRead === undefined || size === 0 || bytesRead > size) {
      return { file: basename(file), rows, progress: null, seconds_left: null };
    }
    this.bytes.add(bytesRead, now);
    const { perSecond } = this.bytes;
    const secondsLeft = perSecond === null || perSecond === 0 ? null : Math.ceil((size - bytesRead) / perSecond);
    return {
      file: basename(file),
      rows,
      progress: Math.round((bytesRead / size) * 1000) / 1000,
      seconds_left: secondsLeft,
    };
  }
}
