"""The settings of a PostgreSQL session, which override ALTER DATABASE, ALTER ROLE and the server's configuration.

They are the same as in the other apps: libs/platform/src/database/session-settings.ts has the reasons, and a test
compares. Each transaction makes the settings for itself, so poolers in transaction mode work as well.
"""

from collections.abc import Mapping
from typing import Any, LiteralString

import psycopg
from psycopg.rows import TupleRow

from messages_spark.database_url import libpq_url

SESSION_SETTINGS: Mapping[str, str] = {
    "client_encoding": "UTF8",
    "DateStyle": "ISO, MDY",
    "IntervalStyle": "postgres",
    "TimeZone": "UTC",
    "bytea_output": "hex",
    "extra_float_digits": "1",
    "xmloption": "content",
    "search_path": "public",
    "standard_conforming_strings": "on",
    "array_nulls": "on",
    "transform_null_equals": "off",
    "quote_all_identifiers": "off",
    "exit_on_error": "off",
    "restrict_nonsystem_relation_kind": "",
    "row_security": "off",
    "session_replication_role": "origin",
    "synchronous_commit": "on",
    "default_table_access_method": "heap",
    "statement_timeout": "0",
    "lock_timeout": "0",
    "transaction_timeout": "0",
    "idle_in_transaction_session_timeout": "20s",
    "client_connection_check_interval": "1s",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "20000",
}


def make_settings(own: Mapping[str, str]) -> LiteralString:
    """The statement that makes the settings for the current transaction. `own` adds or replaces settings.

    It sets only what differs: setting session_replication_role needs a superuser even if the value stays the same. Of
    the values of synchronous_commit, only `off` is replaced.
    """
    values = ", ".join(f"('{name}', '{value}')" for name, value in {**SESSION_SETTINGS, **own}.items())
    return f"""
        SET LOCAL statement_timeout = 0;
        SELECT count(pg_catalog.set_config(name, value, true))
        FROM (VALUES {values}) AS wanted (name, value)
        WHERE pg_catalog.current_setting(name) <> value
          AND (name <> 'synchronous_commit' OR pg_catalog.current_setting(name) = 'off')"""


class _Connection(psycopg.Connection[TupleRow]):
    """A connection that closes when an answer is lost, for example behind a proxy that keeps the connection open."""

    answer_within_seconds: float | None = None

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        seconds = self.answer_within_seconds
        if seconds is None or timeout is not None:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, seconds)
        except psycopg.errors._WaitTimeout as error:
            self.close()  # otherwise a ROLLBACK would wait just as long
            raise psycopg.OperationalError(f"PostgreSQL did not answer for {seconds:.0f} s") from error


def connect(database_url: str, answer_within_seconds: float | None = None) -> psycopg.Connection:
    """A connection for transactions that start with `make_settings`.

    It closes if a statement is not answered within `answer_within_seconds`.
    """
    connection = _Connection.connect(
        libpq_url(database_url),
        autocommit=True,
        connect_timeout=5,
        client_encoding="UTF8",
        # Behind a pooler, the next transaction may run in another session, without the prepared statements of this one.
        prepare_threshold=None,
        # Detect a server that disappears without closing the connection.
        keepalives_idle=10,
        keepalives_interval=5,
        keepalives_count=3,
        tcp_user_timeout=30_000,
    )
    connection.answer_within_seconds = answer_within_seconds
    connection.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
    connection.read_only = False
    connection.deferrable = False
    return connection
