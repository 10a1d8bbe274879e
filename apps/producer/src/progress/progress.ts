export interface ProgressSnapshot {
  /** Base name of the file being read. */
  readonly file: string;
  /** Records acknowledged by Kafka in this run. */
  readonly rows: number;
  /** Bytes on disk over all files: read so far, read before this run, and in total. */
  readonly bytes: number;
  readonly bytesAtStart: number;
  readonly totalBytes: number;
  readonly seconds: number;
}

const BAR_WIDTH = 12;

/** One line for a terminal: bar, percentage, rows, MB, rows/s, time left. */
export function progressBar(snapshot: ProgressSnapshot): string {
  const { bytes, totalBytes } = snapshot;
  const share = totalBytes === 0 ? 1 : Math.min(1, bytes / totalBytes);
  const filled = Math.round(share * BAR_WIDTH);
  const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
  return `${snapshot.file} ${bar} ${Math.floor(share * 100)} %  ${progressText(snapshot)}`;
}

/** Like `progressBar`, without bar and percentage. */
export function progressText({ rows, bytes, bytesAtStart, totalBytes, seconds }: ProgressSnapshot): string {
  const rowRate = seconds > 0 ? Math.round(rows / seconds) : 0;
  const byteRate = seconds > 0 ? (bytes - bytesAtStart) / seconds : 0;
  const left = byteRate > 0 ? duration(Math.max(0, totalBytes - bytes) / byteRate) : '?';
  return `${grouped(rows)} rows  ${megabytes(bytes)} of ${megabytes(totalBytes)} MB  ${grouped(rowRate)} rows/s  ${left} left`;
}

/** 75 -> 1m15s */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const hours = Math.floor(whole / 3_600);
  const minutes = Math.floor((whole % 3_600) / 60);
  if (hours > 0) return `${hours}h${String(minutes).padStart(2, '0')}m`;
  return minutes > 0 ? `${minutes}m${String(whole % 60).padStart(2, '0')}s` : `${whole}s`;
}

/** 1234567 -> 1,234,567 */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
