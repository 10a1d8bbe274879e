"""The age of records when they become visible in the mart, as the buckets of a Prometheus histogram."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping

#: Upper bounds in seconds, the same as the consumer's.
BOUNDS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 21_600, 86_400, float("inf"))


#: The year 2000 in milliseconds, as in the consumer. An earlier timestamp is not a real time.
_EARLIEST = 946_684_800_000
#: A timestamp further in the future has other units; no clock is that wrong.
_FAR_AHEAD = 86_400_000


def bucket_name(bound: float) -> str:
    """The label `le` in the consumer's notation, so that the buckets of both engines can be added."""
    return "+Inf" if bound == BOUNDS[-1] else str(bound)


def latency_of(produced: Mapping[int, int], now: int) -> tuple[Counter[str], float]:
    """Records by bucket, and the sum of their ages in seconds.

    `produced` maps a timestamp to the number of records with it. Timestamps and `now` are in milliseconds since the
    epoch. A timestamp slightly after `now`, from a clock that runs ahead, counts as an age of 0. Impossible timestamps
    are ignored.
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
