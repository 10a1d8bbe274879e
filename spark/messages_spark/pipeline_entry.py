"""The job's entry in the table `pipelines`, which keeps engines of another topic or Kafka cluster off the same mart.

The consumer has the same rules: apps/consumer/src/pipeline/pipeline-entry.ts.
"""

import logging
import threading
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any

import psycopg

from messages_spark.connection import Session

_log = logging.getLogger(__name__)
_UPDATE_EVERY_SECONDS = 15
_LEAVE_SECONDS = 2
_FORGOTTEN_AFTER_SECONDS = 60
#: Starters wait for each other; readers and pg_dump do not.
_LOCK = "LOCK TABLE public.pipelines IN SHARE ROW EXCLUSIVE MODE"
_FORGET_OLD = "DELETE FROM public.pipelines WHERE seen_at < clock_timestamp() - interval '1 day'"
#: Ignores entries of the future: the server's clock was set back, or another server took over.
_SELECT_OTHER = f"""
    SELECT engine, kafka_cluster, topic, greatest(0, extract(epoch FROM clock_timestamp() - seen_at))::integer
    FROM public.pipelines
    WHERE process <> %(process)s AND (kafka_cluster, topic) <> (%(cluster)s, %(topic)s)
      AND seen_at > clock_timestamp() - interval '{_FORGOTTEN_AFTER_SECONDS} s'
      AND seen_at < clock_timestamp() + interval '{_FORGOTTEN_AFTER_SECONDS} s'
    ORDER BY seen_at DESC LIMIT 1"""
_UPSERT = """
    INSERT INTO public.pipelines (process, engine, kafka_cluster, topic, seen_at)
    VALUES (%(process)s, 'spark', %(cluster)s, %(topic)s, clock_timestamp())
    ON CONFLICT (process) DO UPDATE
    SET kafka_cluster = excluded.kafka_cluster, topic = excluded.topic, seen_at = excluded.seen_at"""
_DELETE = "DELETE FROM public.pipelines WHERE process = %(process)s"


class AnotherPipelineError(Exception):
    """An engine of another topic or Kafka cluster writes into the mart. Ends the job."""

    def __init__(self, engine: str, cluster: str, topic: str, seconds: int) -> None:
        super().__init__(
            f"Another pipeline writes into this mart: {_source_of(topic, cluster)} ({engine}, seen {seconds} s ago). "
            "Each mart has one pipeline: use another database, or stop that one first. "
            f"If it has stopped, start again in {max(1, _FORGOTTEN_AFTER_SECONDS - seconds)} s."
        )


def _source_of(topic: str, cluster: str) -> str:
    return f'topic "{topic}" of Kafka cluster {cluster or "without an id"}'


class PipelineEntry:
    """Added before the first record is read, updated by a thread while the job runs, and deleted when it stops."""

    def __init__(self, session: Session, topic: str) -> None:
        self._session = session
        self._own: dict[str, object] = {"process": uuid.uuid4(), "topic": topic}
        self._left = threading.Event()
        self._thread: threading.Thread | None = None
        self._warned = False

    def enter(self, cluster: str) -> None:
        """Add the entry. Call it before each query; only the first one can be refused, as in the consumer.

        Raises AnotherPipelineError, or psycopg.Error if PostgreSQL does not answer.
        """
        self._own["cluster"] = cluster
        if self._thread is not None:
            return
        try:
            self._claim()
        except (psycopg.errors.UndefinedTable, psycopg.errors.InsufficientPrivilege) as error:
            # mart-init has not migrated the mart yet, or has granted nothing.
            message = str(error).splitlines()[0]
            _log.warning("%s: a second pipeline on this mart is not noticed. Run mart-init", message)
        self._thread = threading.Thread(target=self._update_until_left, name="pipeline-entry", daemon=True)
        self._thread.start()

    def leave(self) -> None:
        """Delete the entry, so that another pipeline can start at once. Waits two seconds at most."""
        if self._thread is not None:
            self._left.set()
            self._thread.join(_LEAVE_SECONDS)

    def _claim(self) -> None:
        with self._transaction() as cursor:
            cursor.execute(_LOCK)
            other = cursor.execute(_SELECT_OTHER, self._own).fetchone()
            if other is not None:
                raise AnotherPipelineError(*other)
            cursor.execute(_FORGET_OLD)
            cursor.execute(_UPSERT, self._own)

    def _update_until_left(self) -> None:
        while not self._left.wait(_UPDATE_EVERY_SECONDS):
            # The next one makes up for an update that fails.
            with suppress(psycopg.Error):
                self._update()
        with suppress(psycopg.Error), self._transaction() as cursor:
            cursor.execute(_DELETE, self._own)

    def _update(self) -> None:
        """Add the entry again if it is gone, as after a restore."""
        with self._transaction() as cursor:
            cursor.execute(_UPSERT, self._own)
            other = cursor.execute(_SELECT_OTHER, self._own).fetchone()
        if other is not None and not self._warned:
            engine, cluster, topic, _ = other
            source = _source_of(topic, cluster)
            _log.error("Another pipeline writes into this mart as well: %s (%s). Stop one of them", source, engine)
        self._warned = other is not None

    @contextmanager
    def _transaction(self) -> Iterator[psycopg.Cursor[Any]]:
        with closing(self._session.connect()) as connection, self._session.transaction(connection) as cursor:
            yield cursor
