import { contract } from '../../contract.js';
import type { MartView } from '../mart-object.js';
import { literal } from '../sql-literal.js';

const { fileHeader, lineHeader } = contract.record;

/** Longer than what the pipeline writes. Other producers may set headers of megabytes. */
const HEADER_CHARACTERS = 255;
const header = (name: string) => `left(headers ->> ${literal(name)}, ${HEADER_CHARACTERS})`;

/** What anybody may know of a rejected record. Any producer can set headers, so only the two that the pipeline sets are shown. */
export const SELECT_QUARANTINED = `
  SELECT topic, partition, "offset", recorded_at, quarantined_at, reasons, ${header(fileHeader)} AS file,
         ${header(lineHeader)} AS line, octet_length(value)::bigint AS value_bytes,
         state, state_changed_at, failed_attempts`;

export const quarantinedRecords: MartView = {
  kind: 'view',
  name: 'quarantined_records',
  comment:
    'Which records were rejected, where did they come from, and why? One row per record, without its bytes: those are in ' +
    'quarantined_messages, for members of quarantine_reader.',
  columns: {
    topic: 'Kafka topic of the record',
    partition: 'Partition of the record',
    offset: 'Offset of the record in the partition',
    recorded_at: 'Timestamp of the record in Kafka (UTC); a recreated topic reuses offsets',
    quarantined_at: 'Time at which the record was quarantined (UTC)',
    reasons: 'Every reason and its column; the column is null if the reason concerns the whole record',
    file: 'File of an unparsable line',
    line: 'Number of that line; the header is line 1',
    value_bytes: 'Size of the value; null if the record had none',
    state: 'open, parked, resolved, superseded or discarded: what became of the record',
    state_changed_at: 'Time at which the state last changed (UTC); null if it never did',
    failed_attempts: 'How often the record was sent again and rejected',
  },
  sql: `${SELECT_QUARANTINED} FROM public.quarantined_messages`,
};
