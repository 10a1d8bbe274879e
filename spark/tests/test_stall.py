"""Stalled work is distinguished from slow work."""

from messages_spark.stall import DatabaseSession, Stall, Work


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def check_for(stall: Stall, clock: Clock, seconds: int, work: Work | None, **others: object) -> str | None:
    """Check every second, and return the last reason."""
    executors = others.get("executors", 1)
    sessions = others.get("sessions", [])
    assert isinstance(executors, int)
    assert isinstance(sessions, list)
    said = None
    for _ in range(seconds):
        clock.now += 1
        said = stall.check(work, executors, sessions)
    return said


def test_a_lock_is_reported_within_ten_seconds_until_a_task_ends() -> None:
    clock = Clock()
    stall = Stall(clock)
    locked = [DatabaseSession("Lock/relation", 5, 8, "session 4711 of postgres (psql)")]
    said = (
        "micro-batch 7 waits for a lock in PostgreSQL, held by session 4711 of postgres (psql); end that "
        "session with pg_terminate_backend"
    )

    assert check_for(stall, clock, 3, Work("micro-batch 7", (7, 0)), sessions=[DatabaseSession("", 5, 2)]) is None
    assert check_for(stall, clock, 1, Work("micro-batch 7", (7, 0)), sessions=locked) == said
    # The statement timed out and is retried, which is not progress.
    assert check_for(stall, clock, 3, Work("micro-batch 7", (7, 0)), sessions=[DatabaseSession("", 1)]) == said
    assert check_for(stall, clock, 15, Work("micro-batch 7", (7, 0))) == said
    assert check_for(stall, clock, 1, Work("micro-batch 7", (7, 1))) is None


def test_a_slow_batch_is_not_stalled_while_rows_go_to_the_database() -> None:
    clock = Clock()
    stall = Stall(clock)
    work = Work("micro-batch 7", (7,))
    for rows in range(100):
        assert check_for(stall, clock, 5, work, sessions=[DatabaseSession("Client/ClientRead", rows)]) is None
    assert check_for(stall, clock, 15, work, sessions=[DatabaseSession("Client/ClientRead", 99)]) is None
    said = check_for(stall, clock, 6, work, sessions=[DatabaseSession("Client/ClientRead", 99)])
    assert said is not None
    assert said.startswith("micro-batch 7 has made no progress for 2")
    assert "its executor sends no rows" in said


def test_a_blocked_or_unanswered_commit_is_reported_within_fifteen_seconds() -> None:
    for sessions in ([DatabaseSession("IPC/SyncRep", 0)], []):
        clock = Clock()
        stall = Stall(clock)
        work = Work("micro-batch 7", (7, 0))
        assert check_for(stall, clock, 3, work, sessions=[DatabaseSession("", 99)]) is None
        assert check_for(stall, clock, 6, work, sessions=sessions) is None
        said = check_for(stall, clock, 6, work, sessions=sessions)
        assert said is not None
        assert ("COMMIT waits for a standby" if sessions else "the answer is lost") in said
        assert check_for(stall, clock, 1, Work("micro-batch 7", (7, 1)), sessions=sessions) is None
    # A micro-batch that has not started to write may take longer.
    clock = Clock()
    assert check_for(Stall(clock), clock, 15, Work("micro-batch 8", (8,))) is None


def test_without_executors_an_idle_job_is_not_ready_either() -> None:
    clock = Clock()
    stall = Stall(clock)
    assert check_for(stall, clock, 8, None, executors=0) is None
    assert (check_for(stall, clock, 2, None, executors=0) or "").startswith("no executor")
    assert check_for(stall, clock, 1, None) is None


def test_waiting_for_records_is_not_a_stall() -> None:
    clock = Clock()
    stall = Stall(clock)
    assert check_for(stall, clock, 100, None) is None
    assert check_for(stall, clock, 15, Work("micro-batch 8", (8,))) is None
