"""Header lines between the rows of a file, as there are in files that were put together."""

import re
from collections.abc import Sequence


class RepeatedHeaders:
    """Takes the lines that repeat the header out of a part, and counts them."""

    def __init__(self, header: Sequence[str], ahead: int) -> None:
        """`ahead` is how many lines go before the first row of the part."""
        self._header = [name.strip().lower() for name in header]
        self._ahead = ahead
        names = b"|".join(re.escape(name.encode()) for name in self._header)
        self._may_begin = re.compile(rb'(?:\xef\xbb\xbf)?[\s"]*(?:' + names + rb')[\s"]*,', re.IGNORECASE).match
        self.count = 0
        #: There is one with another order of columns, so that what follows cannot be read.
        self.is_reordered = False

    def without(self, lines: list[bytes]) -> list[bytes]:
        """Give an empty line for each that repeats the header, so that the others keep their numbers."""
        kept = list(lines)
        found = [at for at, line in enumerate(lines) if self._may_begin(line) and at >= self._ahead]
        self._ahead = max(0, self._ahead - len(lines))
        for at in found:
            names = _names_of(lines[at])
            if names == self._header:
                kept[at] = b""
                self.count += 1
            elif sorted(names) == sorted(self._header):
                self.is_reordered = True
                return kept[:at]
        return kept


def _names_of(line: bytes) -> list[str]:
    text = line.decode("utf-8-sig", errors="replace")
    return [name.replace('"', "").strip().lower() for name in text.split(",")]
