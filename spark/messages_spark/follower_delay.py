"""Keeps a follower behind the consumer, so that a row the follower finds missing really is missing."""

import logging
import time
from collections.abc import Callable

from messages_spark.topic import TopicOffsets, lag

_log = logging.getLogger(__name__)
_POLL_SECONDS = 0.5


class FollowerDelay:
    """Holds a micro-batch back until the consumer group has passed it."""

    def __init__(
        self, offsets: TopicOffsets, group: str, patience_seconds: float, stopping: Callable[[], bool]
    ) -> None:
        self._offsets = offsets
        self._group = group
        self._patience_seconds = patience_seconds
        self._stopping = stopping

    def wait(self) -> None:
        """Return once the group has committed everything now in the topic, or has made no progress for
        `patience_seconds`.

        A stalled group must not stop the follower, which exists to write what the consumer missed.
        """
        bounds = self._offsets.bounds()
        behind = lag(bounds, self._offsets.committed(self._group))
        progress_at = time.monotonic()
        while behind > 0 and not self._stopping():
            if time.monotonic() - progress_at > self._patience_seconds:
                _log.warning(
                    "consumer group %s is %d records behind and makes no progress; continuing without it",
                    *(self._group, behind),
                )
                return
            time.sleep(_POLL_SECONDS)
            now = lag(bounds, self._offsets.committed(self._group))
            if now < behind:
                progress_at = time.monotonic()
            behind = now
