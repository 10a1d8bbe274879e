"""What the tasks of the job are doing in PostgreSQL, seen from the driver."""

import logging
from typing import Any

import psycopg

from messages_spark.connection import Session
from messages_spark.stall import DatabaseSession

_log = logging.getLogger(__name__)
_LONG_LOCK_SECONDS = 5

# Sessions of the job wait for each other only briefly, so a long wait is for a session of another application.
_SELECT_SESSIONS = """
    SELECT coalesce(own.wait_event_type || '/' || own.wait_event, ''), coalesce(copied.tuples_processed, 0),
      coalesce(extract(epoch FROM clock_timestamp() - waiting.since), 0)::float8, blocking.name
    FROM pg_catalog.pg_stat_activity AS own
    LEFT JOIN pg_catalog.pg_stat_progress_copy AS copied ON copied.pid = own.pid
    LEFT JOIN LATERAL (
      SELECT min(waitstart) AS since FROM pg_catalog.pg_locks WHERE pid = own.pid AND NOT granted
    ) AS waiting ON true
    LEFT JOIN LATERAL (
      SELECT string_agg(
        format('session %%s of %%s (%%s)', pid, usename, coalesce(nullif(application_name, ''), 'unnamed')), ', '
      ) AS name
      FROM pg_catalog.pg_stat_activity
      WHERE waiting.since IS NOT NULL AND pid = ANY (pg_catalog.pg_blocking_pids(own.pid))
    ) AS blocking ON true
    WHERE own.datname = pg_catalog.current_database() AND own.application_name = %s
      AND own.pid <> pg_catalog.pg_backend_pid() AND own.state <> 'idle'"""

#: A task never pauses for 10 s while it holds locks, unless its process is frozen or its machine is gone.
_END_LOST = """
    SELECT pid, pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity AS lost
    WHERE datname = pg_catalog.current_database() AND application_name = %(name)s AND usename = session_user
      AND wait_event = 'ClientRead' AND xact_start IS NOT NULL
      AND clock_timestamp() - greatest(query_start, state_change) > interval '10 s'
      AND EXISTS (
        SELECT FROM pg_catalog.pg_stat_activity AS waiting
        WHERE waiting.wait_event_type = 'Lock' AND waiting.datname = lost.datname
          AND waiting.application_name = lost.application_name
          AND lost.pid = ANY (pg_catalog.pg_blocking_pids(waiting.pid))
      )"""


class DatabaseSessions:
    """Queries on its own connection, and reconnects after an error."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._connection: psycopg.Connection[Any] | None = None

    def scan(self) -> list[DatabaseSession]:
        """Return the active sessions of the job. Raises psycopg.Error if PostgreSQL does not answer.

        Terminates sessions that block others of this application and whose task is frozen or gone.
        """
        try:
            if self._connection is None:
                self._connection = self._session.connect()
            with self._session.transaction(self._connection) as cursor:
                rows = cursor.execute(_SELECT_SESSIONS, [self._session.application_name]).fetchall()
                sessions = [DatabaseSession(*row) for row in rows]
                if any(session.lock_seconds > _LONG_LOCK_SECONDS for session in sessions):
                    for pid, _ in cursor.execute(_END_LOST, {"name": self._session.application_name}).fetchall():
                        _log.warning("terminated session %d in PostgreSQL: its task is frozen or gone", pid)
        except psycopg.Error:
            if self._connection is not None:
                self._connection.close()
            self._connection = None
            raise
        return sessions
