"""Finds records that Kafka deleted before the job read them, and records their offsets in the mart."""

import logging

from messages_spark.mart import Mart
from messages_spark.topic import Offsets

_log = logging.getLogger(__name__)


def deleted_ranges(positions: Offsets | None, beginnings: Offsets) -> dict[int, tuple[int, int]]:
    """Ranges of offsets, by partition, that were deleted before they were read. The end is exclusive.

    A partition without a position is new and is read from offset 0. If there are no positions at all, the job has never
    read the topic, and records deleted before that do not count as lost.
    """
    if not positions:
        return {}
    return {
        partition: (positions.get(partition, 0), begin)
        for partition, begin in sorted(beginnings.items())
        if positions.get(partition, 0) < begin
    }


def record_skipped(mart: Mart, topic: str, topic_id: str, ranges: dict[int, tuple[int, int]]) -> None:
    mart.insert_skipped(topic, topic_id, ranges)
    for partition, (begin, end) in ranges.items():
        _log.error(
            "Kafka deleted records before they were read: partition %d of %s, offsets %d to %d. The job continues "
            "after them; the table skipped_records lists them. To get them back, send their file again",
            *(partition, topic, begin, end - 1),
        )
