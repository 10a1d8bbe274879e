"""A follower stays behind the consumer, so that what it finds missing in the mart is missing indeed."""

import logging
import time
from collections.abc import Callable

from messages_spark.topic import TopicOffsets, lag

_log = logging.getLogger(__name__)
_POLL_SECONDS = 0.5


class FollowerDelay:
    """Lets a consumer group pass first."""

    def __init__(
        self, offsets: TopicOffsets, group: str, patience_seconds: float, stopping: Callable[[], bool]
    ) -> None:
        self._offsets = offsets
        self._group = group
        self._patience_seconds = patience_seconds
        self._stopping = stopping

    def wait(self) -> None:
        """Return when the group has committed all that is in the topic now, or has made no progress for so long.

        A group that stands still is what a follower is there for: it goes on without it.
        """
        bounds = self._offsets.bounds()
        behind = lag(bounds, self._offsets.committed(self._group))
        progress_at = time.monotonic()
        while behind > 0 and not self._stopping():
            if time.monotonic() - progress_at > self._patience_seconds:
                _log.warning(
                    "consumer group %s is %d records behind and makes no progress; going on without it",
                    *(self._group, behind),
                )
                return
            time.sleep(_POLL_SECONDS)
            now = lag(bounds, self._offsets.committed(self._group))
            if now < behind:
                progress_at = time.monotonic()
            behind = now
