import { PipelineError } from '#platform/errors/pipeline-error.js';

const USAGE = `Usage: npm run quarantine -- COMMAND [ENTRY…] [OPTIONS]

Commands
  list      entries, newest first, and how many there are by reason
  show      one entry: its record, its reasons, and what was done about it
  redrive   sends records to the topic again that the contract accepts now (--all: the others, too)
  edit      sends a copy of one record with other values: --set COLUMN=VALUE, --clear COLUMN
  discard   marks entries as not needed; --note says why
  reopen    opens discarded and parked entries again

ENTRY is the id that list shows, or the first eight characters or more of it. Instead of ENTRY, redrive and discard take filters, as
list does: --state, --reason, --column, --file, --topic, --partition, --since, --until (times of quarantine, in UTC).

Options
  --dry-run   redrive, edit: shows what would be sent, and sends nothing
  --again     redrive: also records that were sent and not answered yet
  --rate N    redrive: records a second (default 1000)
  --max N     redrive: at most N records; list: at most N entries (default 20)
  --author A  who does it (default: the user of the operating system)

DATABASE_URL names the mart. KAFKA_BROKERS and KAFKA_TOPIC are needed to send.`;

/** The command line is not valid. */
export class UsageError extends PipelineError {
  override readonly code = 'USAGE';

  constructor(problem: string, options?: ErrorOptions) {
    super(`${problem}\n\n${USAGE}`, options);
  }
}
