"""Checks every two seconds, in its own thread, whether the job makes progress."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import psycopg
from pyspark.sql import SparkSession

from messages_spark.connection import Session
from messages_spark.database_sessions import DatabaseSessions
from messages_spark.http import Health
from messages_spark.stall import DatabaseSession, Stall, Work

_log = logging.getLogger(__name__)
_CHECK_INTERVAL_SECONDS = 2
#: A scan takes milliseconds. After this long, PostgreSQL does not answer.
_LONGEST_SCAN_SECONDS = 10


class Readiness:
    """Reports to `health` that the work has stalled, and why."""

    def __init__(self, spark: SparkSession, session: Session, health: Health, work: Callable[[], Work | None]) -> None:
        self._context = spark.sparkContext
        self._sessions = DatabaseSessions(session)
        self._health = health
        self._work = work
        self._stall = Stall()
        self._why: str | None = None
        self._scanning_since: float | None = None
        health.watch(self.why_stalled)

    def start(self, stopping: threading.Event) -> None:
        threading.Thread(target=self._run, args=(stopping,), name="readiness", daemon=True).start()

    def why_stalled(self) -> str | None:
        since = self._scanning_since
        if since is not None and time.monotonic() - since > _LONGEST_SCAN_SECONDS:
            return f"PostgreSQL has not answered the driver for {time.monotonic() - since:.0f} s"
        return self._why

    def _run(self, stopping: threading.Event) -> None:
        while not stopping.wait(_CHECK_INTERVAL_SECONDS):
            try:
                self._check()
            except Exception as error:  # for example, the JVM has ended: the query reports it
                _log.debug("check failed: %s", error)

    def _check(self) -> None:
        work = self._work()
        sessions: list[DatabaseSession] = []
        if work is not None:
            self._scanning_since = time.monotonic()
            try:
                sessions = self._sessions.scan()
            except psycopg.Error as error:  # the tasks get the same error, and the query fails
                _log.debug("no sessions: %s", error)
            finally:
                self._scanning_since = None
        why = self._stall.check(work, self._executors(), sessions)
        if why is not None and self._why is None:
            _log.warning("%s", why)
        self._why = why

    def _executors(self) -> int:
        if str(self._context.master).startswith("local"):
            return 1
        context: Any = self._context._jsc
        return int(context.sc().getExecutorMemoryStatus().size()) - 1  # the driver is listed as well


def tasks_done(context: Any) -> tuple[int, ...]:
    """For each active stage, its id and how many of its tasks have completed."""
    tracker = context.statusTracker()
    stages = [tracker.getStageInfo(stage) for stage in sorted(tracker.getActiveStageIds())]
    return tuple(number for stage in stages if stage is not None for number in (stage.stageId, stage.numCompletedTasks))
