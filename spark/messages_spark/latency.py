"""How old records are when the mart shows them, counted by bucket as in a Prometheus histogram."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping

#: Upper bounds in seconds, the same as the consumer's; every record is within the last.
BOUNDS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 21_600, 86_400, float("inf"))


#: In milliseconds, as the consumer has it: the year 2000. Before it a timestamp is none.
_EARLIEST = 946_684_800_000
#: Beyond it a timestamp is in other units, and no clock is so wrong.
_FAR_AHEAD = 86_400_000


def bucket_name(bound: float) -> str:
    """The label `le` as the consumer writes it, so that the buckets of both can be added."""
    return "+Inf" if bound == BOUNDS[-1] else str(bound)


def latency_of(produced: Mapping[int, int], now: int) -> tuple[Counter[str], float]:
    """Records by bucket, and the sum of their ages in seconds.

    `produced` is how many records have a timestamp, by timestamp; it and `now` are in milliseconds since the epoch. A
    timestamp after `now`, by a clock that is ahead, counts as an age of 0; one that cannot be true tells nothing.
    """
    buckets: Counter[str] = Counter()
    seconds = 0.0
    for timestamp, records in produced.items():
        if not _EARLIEST <= timestamp <= now + _FAR_AHEAD:
            continue
        age = max(0, now - timestamp) / 1000
        buckets[bucket_name(BOUNDS[bisect_left(BOUNDS, age)])] += records
        seconds += age * records
    return buckets, seconds
