"""Finds the few refused items in a list by trying ever smaller halves of it."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")


def find_refused(
    items: Sequence[T], attempt: Callable[[Sequence[T]], None], refusals: tuple[type[Exception], ...]
) -> Iterator[T]:
    """Yield the items for which `attempt` raises one of `refusals`. For each other item it succeeds exactly once."""
    if not items:
        return
    try:
        attempt(items)
    except refusals:
        if len(items) == 1:
            yield items[0]
            return
        half = len(items) // 2
        yield from find_refused(items[:half], attempt, refusals)
        yield from find_refused(items[half:], attempt, refusals)
