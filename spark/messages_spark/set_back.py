"""Notices a database that was set back: after a failover to a standby that was behind, or with an older backup.

Then the checkpoint is ahead of the mart, and the rows of the micro-batches in between are missing.
"""

from messages_spark.checkpoint import Checkpoint
from messages_spark.mart import Mart
from messages_spark.topic import Offsets


class DatabaseSetBackError(Exception):
    """The mart lacks micro-batches that the checkpoint counts as written."""


def fail_if_set_back(mart: Mart, checkpoint: Checkpoint, topic: str, batch_id: int | None) -> None:
    """Raise DatabaseSetBackError if the mart lacks this micro-batch, the newest that the checkpoint counts as written.

    PostgreSQL commits in order: if it has this micro-batch, it has all before it. The positions tell it for a
    micro-batch without records, and when its write is no longer known.
    """
    if batch_id is None or mart.has_batch(checkpoint.query_id(), batch_id):
        return
    missing = behind(mart.positions(topic, checkpoint.topic_id), checkpoint.positions() or {})
    if missing:
        raise DatabaseSetBackError(
            f"the mart lacks records of {topic} that were written (partition: offsets): "
            + ", ".join(f"{partition}: {begin} to {end - 1}" for partition, (begin, end) in missing.items())
        )


def behind(stored: Offsets, written: Offsets) -> dict[int, tuple[int, int]]:
    """Ranges of offsets, by partition, that were written and are not stored. The end is exclusive."""
    return {
        partition: (stored.get(partition, 0), end)
        for partition, end in sorted(written.items())
        if stored.get(partition, 0) < end
    }
