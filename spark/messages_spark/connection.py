"""Connections to the mart, and the transactions of the job."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

from messages_spark.secret import Secret
from messages_spark.session import connect, make_settings

#: If no answer has come this long after the statement timeout, the answer is lost.
_ANSWER_SECONDS = 10


@dataclass(frozen=True)
class Session:
    """How to connect, and the settings of each transaction."""

    database_url: Secret
    statement_timeout_ms: int
    #: Shown in pg_stat_activity, where the driver sees what its tasks wait for.
    application_name: str

    def connect(self) -> psycopg.Connection[Any]:
        seconds = self.statement_timeout_ms / 1000
        return connect(self.database_url.value, answer_within_seconds=seconds + _ANSWER_SECONDS if seconds else None)

    @contextmanager
    def transaction(self, connection: psycopg.Connection[Any]) -> Iterator[psycopg.Cursor[Any]]:
        own = {
            "application_name": self.application_name,
            "statement_timeout": str(self.statement_timeout_ms),
            "lock_timeout": "30s",
            # Between two statements a task waits for Spark to clean its next rows.
            "idle_in_transaction_session_timeout": "2min",
            # Without the index on the primary key, a merge would read the whole table.
            "enable_hashjoin": "off",
            "enable_mergejoin": "off",
        }
        with connection.transaction(), connection.cursor() as cursor:
            cursor.execute(make_settings(own))
            yield cursor


_connection: psycopg.Connection[Any] | None = None


def connection_of_process(session: Session) -> psycopg.Connection[Any]:
    """The connection of this process. Spark runs one task at a time in it."""
    global _connection
    if _connection is None or _connection.closed or _connection.broken:
        _connection = session.connect()
    return _connection


def disconnect() -> None:
    """Close the connection, as its state is unknown. The next task opens a new one."""
    global _connection
    if _connection is not None:
        _connection.close()
    _connection = None
