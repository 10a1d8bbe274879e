"""Records that Kafka deleted before the job read them: found, and written down for good."""

import logging

from messages_spark.mart import Mart
from messages_spark.topic import Offsets

_log = logging.getLogger(__name__)


def deleted_ranges(positions: Offsets | None, beginnings: Offsets) -> dict[int, tuple[int, int]]:
    """Offsets that are gone and have not been read, by partition: from the first on, before the last.

    A partition without a position was added; all of it is to be read. Without any the topic is new to the job, and what
    was deleted before is no loss.
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
            "Kafka deleted records before they were read: partition %d of %s, offsets %d to %d. The job goes on with "
            "those that are there; table skipped_records keeps this. Send them again from their file",
            *(partition, topic, begin, end - 1),
        )
