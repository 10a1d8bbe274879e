import { count } from '../format/number.js';
import { duration } from '../format/duration.js';
import { pipeline } from '../stream/pipeline-stream.js';

/** Rows that PostgreSQL reads in a second for the slow questions of the mart; docs/performance.md has the measurements. */
const ROWS_PER_SECOND = 1_500_000;

interface SlowQuestionProps {
  /** A verb: "Count distinct clients". */
  readonly label: string;
  readonly onAsk: () => void;
  readonly isAsking: boolean;
}

/** A question that reads the rows of messages: it is asked by hand only. */
export function SlowQuestion({ label, onAsk, isAsking }: SlowQuestionProps) {
  const rows = pipeline.value?.stages.stored.count ?? null;
  const seconds = rows === null ? null : Math.ceil(rows / ROWS_PER_SECOND);
  return (
    <p class="slow-question">
      <button type="button" class="button" onClick={onAsk} disabled={isAsking}>
        {label}
      </button>{' '}
      <span class="secondary">
        {rows === null ? 'Reads all rows.' : `Reads ${count(rows)} rows, about ${duration(seconds)}.`}
      </span>
    </p>
  );
}
