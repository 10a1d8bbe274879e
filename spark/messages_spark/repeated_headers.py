"""Header lines between the rows, as in a file that was concatenated from several."""

import re
from collections.abc import Sequence


class RepeatedHeaders:
    """Removes the lines of a part that repeat the header, and counts them."""

    def __init__(self, header: Sequence[str], ahead: int) -> None:
        """`ahead` is the number of lines before the first row of the part."""
        self._header = [name.strip().lower() for name in header]
        self._ahead = ahead
        names = b"|".join(re.escape(name.encode()) for name in self._header)
        self._may_begin = re.compile(rb'(?:\xef\xbb\xbf)?[\s"]*(?:' + names + rb')[\s"]*,', re.IGNORECASE).match
        self.count = 0
        #: Whether a header with another order of columns was found. The lines after it cannot be read.
        self.is_reordered = False

    def without(self, lines: list[bytes]) -> list[bytes]:
        """Replace each repeated header by an empty line, so that the line numbers stay the same."""
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
