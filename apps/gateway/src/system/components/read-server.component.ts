import type { DatabaseConnection } from '#platform/database/database-connection.js';
import { READ_URL } from '../../read-server/read-url.js';
import type { Component, ProbeResponse } from '../component.js';
import { ReplicationDelay } from '../replication-delay.js';

export interface ReadServerDetails {
  readonly version: string;
  /** Whether it is in recovery, as every standby is. */
  readonly is_standby: boolean;
  /** What the server of DATABASE_URL has and this one lacks; null while that server does not respond. */
  readonly delay_seconds: number | null;
  readonly delay_bytes: number | null;
  /** Commit time of the last transaction that the standby has replayed; null on a primary. */
  readonly replayed_at: Date | null;
}

interface Position {
  /** Distinguishes servers, and restarts of a server. */
  readonly server: string;
  readonly is_standby: boolean;
  /** End of the WAL that is written, or replayed by a standby, in bytes. */
  readonly position: number;
}

interface ServerRow extends Position {
  readonly version: string;
  readonly replayed_at: Date | null;
}

const POSITION = `
  pg_postmaster_start_time()::text AS server, pg_is_in_recovery() AS is_standby,
  pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END, '0/0')::float8 AS position`;

const SERVER_SQL = `
  SELECT ${POSITION}, current_setting('server_version') AS version, pg_last_xact_replay_timestamp() AS replayed_at`;

/** A standby that replays a large transaction, or waits for a long query, is behind for some seconds. */
const BEHIND_SECONDS = 60;

/** The server that answers REST and the page, if it is another one than that of DATABASE_URL. */
export class ReadServerComponent implements Component<ReadServerDetails> {
  readonly name = 'read_server';
  readonly remedy = `Check that the server of ${READ_URL} runs, and read its log. REST answers 503 meanwhile; writing goes on.`;
  private readonly delay = new ReplicationDelay();

  constructor(
    private readonly primary: DatabaseConnection,
    private readonly reader: DatabaseConnection | undefined,
  ) {}

  async probe(): Promise<ProbeResponse<ReadServerDetails>> {
    const { reader } = this;
    if (reader === undefined)
      return { status: 'absent', message: `readers use the server of DATABASE_URL (${READ_URL})` };
    // First the primary: what it writes afterwards is not missing yet. Its outage is reported by its own component.
    const [primary] = await this.primary.probe<Position>(`SELECT ${POSITION}`).catch(() => []);
    const [row] = await reader.probe<ServerRow>(SERVER_SQL);
    const { server, position, ...details } = row!;
    if (primary === undefined) return { status: 'up', details: { ...details, delay_seconds: null, delay_bytes: null } };
    if (!details.is_standby && server !== primary.server) return notFollowing(details);
    return judge({
      ...details,
      delay_seconds: this.delay.update(primary.position, position, Date.now()),
      delay_bytes: Math.max(0, primary.position - position),
    });
  }
}

function notFollowing(details: Omit<ReadServerDetails, 'delay_seconds' | 'delay_bytes'>) {
  return {
    status: 'degraded',
    message:
      'it is a primary of its own and does not follow the server of DATABASE_URL: REST shows a mart that nobody writes',
    action: `Name a standby of the server of DATABASE_URL in ${READ_URL}; after a failover, check both addresses.`,
    details: { ...details, delay_seconds: null, delay_bytes: null },
  } as const;
}

function judge(details: ReadServerDetails): ProbeResponse<ReadServerDetails> {
  const { delay_seconds: delay } = details;
  if (delay === null || delay <= BEHIND_SECONDS) return { status: 'up', details };
  return {
    status: 'degraded',
    message: `the standby is ${Math.round(delay)} s behind: REST shows the mart as it was then`,
    action:
      'Look for the standby in pg_stat_replication of the primary, and at its log. A long query on the standby holds replay back for up to ' +
      'max_standby_streaming_delay.',
    details,
  };
}
