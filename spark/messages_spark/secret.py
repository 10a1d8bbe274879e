"""Passwords and tokens that appear neither in logs nor in messages of errors."""

import errno
import logging
from pathlib import Path

_log = logging.getLogger(__name__)


class SecretError(ValueError):
    """A file with a secret cannot be read or is empty."""


class Secret:
    """A password, token or URL with a password.

    If it stands in a file, it is read again whenever it is used, so a rotated one needs no restart. A pickled secret is
    its value at that time, so the driver alone needs the file.
    """

    def __init__(self, value: str, path: str | None = None, name: str = "") -> None:
        self._last = value
        self._path = path
        self._name = name

    @classmethod
    def in_file(cls, path: str, name: str) -> "Secret":
        """`name` is the variable that names the file. Raises SecretError if the file cannot be read or is empty."""
        return cls(_read(path, name), path, name)

    @property
    def value(self) -> str:
        """The value now. A file that can no longer be read leaves the last value in use."""
        if self._path is not None:
            try:
                self._last = _read(self._path, self._name)
            except SecretError as error:
                _log.warning("%s; the last value stays in use", error)
        return self._last

    def __reduce__(self) -> tuple[type["Secret"], tuple[str]]:
        return Secret, (self.value,)

    def __repr__(self) -> str:
        return "(value not shown)"


def _read(path: str, name: str) -> str:
    try:
        text = Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise SecretError(f"{name} names {path}, which {read_problem(error)}") from error
    # Editors and `kubectl create secret --from-file` leave a line break at the end.
    text = text.removesuffix("\n").removesuffix("\r")
    if text == "":
        raise SecretError(f"{name} names {path}, which is empty")
    return text


def read_problem(error: OSError) -> str:
    """For example "does not exist"."""
    if error.errno == errno.ENOENT:
        return "does not exist"
    return f"cannot be read ({errno.errorcode.get(error.errno or 0, str(error.errno))})"
