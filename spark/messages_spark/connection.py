"""Connections of the job to the mart, and the transactions in which everything happens there."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

from messages_spark.session import connect, make_settings

#: A statement is answered within this time after its timeout, unless the answer is lost.
_ANSWER_SECONDS = 10


@dataclass(frozen=True)
class Session:
    """How to connect, and what holds in each transaction."""

    database_url: str
    statement_timeout_ms: int
    #: Shown in pg_stat_activity; the driver looks there for what its tasks wait for.
    application_name: str

    def connect(self) -> psycopg.Connection[Any]:
        seconds = self.statement_timeout_ms / 1000
        return connect(self.database_url, answer_within_seconds=seconds + _ANSWER_SECONDS if seconds else None)

    @contextmanager
    def transaction(self, connection: psycopg.Connection[Any]) -> Iterator[psycopg.Cursor[Any]]:
        own = {
            "application_name": self.application_name,
            "statement_timeout": str(self.statement_timeout_ms),
            "lock_timeout": "30s",
            # Between two statements a task waits for Spark to clean its next rows.
            "idle_in_transaction_session_timeout": "2min",
            # A merge that joins otherwise than by the primary key would read all of messages.
            "enable_hashjoin": "off",
            "enable_mergejoin": "off",
        }
        with connection.transaction(), connection.cursor() as cursor:
            cursor.execute(make_settings(own))
            yield cursor


_connection: psycopg.Connection[Any] | None = None


def connection_of_process(session: Session) -> psycopg.Connection[Any]:
    """The connection of this process, which Spark uses for one task after the other."""
    global _connection
    if _connection is None or _connection.closed or _connection.broken:
        _connection = session.connect()
    return _connection


def disconnect() -> None:
    """Close it: in what state it is nobody knows. The next task gets a new one."""
    global _connection
    if _connection is not None:
        _connection.close()
    _connection = None
