"""Distinguishes stalled work from slow work."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

#: A lock held this long, or executors missing this long, is a problem and not just a short delay.
_BRIEF_SECONDS = 8
#: The longest step of a micro-batch in which no task ends and no row goes to PostgreSQL.
_LONGEST_STEP_SECONDS = 20
#: The same for the first step, in which Spark plans and compiles.
FIRST_STEP_SECONDS = 120

_CLIENT = "Client/ClientRead"
_STANDBY = "IPC/SyncRep"


@dataclass(frozen=True)
class Work:
    """The current work and its progress. If `done` does not change for too long, the work has stalled."""

    #: For messages.
    name: str
    #: For example the micro-batch and how many of its tasks have ended.
    done: tuple[object, ...]
    longest_step_seconds: float = _LONGEST_STEP_SECONDS


@dataclass(frozen=True)
class DatabaseSession:
    """What a session of the job is doing in PostgreSQL."""

    #: For example 'Lock/transactionid' or 'IPC/SyncRep'; empty while it computes.
    waits_for: str
    #: Rows that its COPY has received.
    rows: int
    #: How long it has been waiting for a lock, and who holds the lock.
    lock_seconds: float = 0
    blocked_by: str | None = None


class Stall:
    """Decides from repeated checks whether work has stalled. The reason stays until the work moves on."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._done: object = None
        self._moving: object = None
        self._moved_at = clock()
        self._had_sessions = False
        self._without_executors_since: float | None = None
        self._why: str | None = None

    def check(self, work: Work | None, executors: int, sessions: Sequence[DatabaseSession]) -> str | None:
        """Why the work has stalled; None if it has not, or if there is no work."""
        now = self._clock()
        done = None if work is None else work.done
        if done != self._done:
            self._why = None
            self._had_sessions = False
        self._had_sessions = self._had_sessions or bool(sessions)
        moving = (done, [session.rows for session in sessions])
        if moving != self._moving or work is None:
            self._moved_at = now
        self._done, self._moving = done, moving
        if executors > 0:
            self._without_executors_since = None
        elif self._without_executors_since is None:
            self._without_executors_since = now

        if self._without_executors_since is not None and now - self._without_executors_since >= _BRIEF_SECONDS:
            return "no executor: the master has no worker with free cores and memory for this application; start one"
        if work is not None:
            self._why = self._why_waiting(work, sessions, now - self._moved_at) or self._why
        return self._why

    def _why_waiting(self, work: Work, sessions: Sequence[DatabaseSession], seconds: float) -> str | None:
        locked = max(sessions, key=lambda session: session.lock_seconds, default=None)
        if locked is not None and locked.lock_seconds >= _BRIEF_SECONDS:
            holder = locked.blocked_by or "a session"
            remedy = "end that session with pg_terminate_backend"
            return f"{work.name} waits for a lock in PostgreSQL, held by {holder}; {remedy}"
        waiting = sorted({session.waits_for or "computing" for session in sessions})
        if seconds >= _BRIEF_SECONDS and _STANDBY in waiting:
            return f"{work.name}: COMMIT waits for a standby that synchronous_standby_names requires"
        if seconds >= _BRIEF_SECONDS and self._had_sessions and not sessions and self._why is None:
            # A task ends at the same moment as its transaction. A failed task is retried, in a new
            # session.
            return (
                f"{work.name}: PostgreSQL has ended a transaction, and its task does not continue: the answer is lost, "
                "or the executor is frozen or gone"
            )
        if seconds < work.longest_step_seconds:
            return None
        if _CLIENT in waiting:
            where = "its executor sends no rows to PostgreSQL; it may be frozen, or waiting for Kafka"
        elif waiting:
            where = f"its sessions in PostgreSQL: {', '.join(waiting)}"
        else:
            where = "it has no session in PostgreSQL; its executor may be frozen, or waiting for Kafka"
        return f"{work.name} has made no progress for {seconds:.0f} s ({where})"
