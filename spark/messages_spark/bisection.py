"""Finding the few items that are refused where only many can be tried at once."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")


def find_refused(
    items: Sequence[T], attempt: Callable[[Sequence[T]], None], refusals: tuple[type[Exception], ...]
) -> Iterator[T]:
    """Halve the items until those stand alone that `attempt` refuses, by raising; it succeeds once with each other."""
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
