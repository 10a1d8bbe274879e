"""Finds message files, recognises their type, and notices when they change."""

import hashlib
import os
import shlex
import stat
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from glob import glob
from pathlib import Path
from typing import BinaryIO

_SUFFIXES = (".csv", ".csv.gz")
#: Bytes at the start and at the end of a file that, with its size and time, identify its version.
_COMPARED_BYTES = 64 * 1024
_KINDS = {
    b"PK\x03\x04": ("a ZIP archive", "unpack it: unzip {}"),
    b"\x28\xb5\x2f\xfd": ("compressed by zstd", "unpack it: zstd -d {}"),
    b"BZh": ("compressed by bzip2", "unpack it: bunzip2 {}"),
    b"\xfd7zXZ": ("compressed by xz", "unpack it: unxz {}"),
    b"PAR1": ("a Parquet file", "export it as CSV"),
    b"\xff\xfe": ("UTF-16", "convert it: iconv -f UTF-16 -t UTF-8 {0} > utf8.csv"),
    b"\xfe\xff": ("UTF-16", "convert it: iconv -f UTF-16 -t UTF-8 {0} > utf8.csv"),
}
_GZIP = b"\x1f\x8b"


class FilesError(ValueError):
    """The files cannot be read as message files. Says which ones, and what to do."""


@dataclass(frozen=True)
class MessageFile:
    """A file, in the version that was found."""

    #: The absolute path. Bytes that are not UTF-8 are surrogates, as usual in Python.
    path: str
    #: The name, with as many parent folders as needed to be unique in this run.
    label: str
    size: int
    mtime_ns: int
    inode: tuple[int, int]
    digest: str
    #: Judged by the content, not by the name.
    is_gzip: bool = False

    @property
    def shown(self) -> str:
        return shown(self.path)

    def changes(self, handle: BinaryIO) -> str | None:
        """How the file has changed since it was found; None if it has not."""
        try:
            now = os.stat(self.path)  # noqa: PTH116 (no other use for a Path)
        except OSError as error:
            return f"it can no longer be read ({error.strerror})"
        opened = os.fstat(handle.fileno())
        if (now.st_dev, now.st_ino) != (opened.st_dev, opened.st_ino):
            return "another file now has its name"
        if now.st_size != self.size:
            return f"its size was {self.size} bytes and is now {now.st_size}"
        if now.st_mtime_ns != self.mtime_ns:
            return "it was modified"
        return None if digest_of(handle, self.size) == self.digest else "its first or last 64 KiB differ"


def shown(path: str) -> str:
    """A path for messages, with unprintable characters escaped."""
    return "".join(letter if letter.isprintable() else _escaped(letter) for letter in path)


def _escaped(letter: str) -> str:
    code = ord(letter)
    return f"\\x{code - 0xDC00:02x}" if 0xDC80 <= code <= 0xDCFF else letter.encode("unicode_escape").decode()


def digest_of(handle: BinaryIO, size: int) -> str:
    digest = hashlib.sha256()
    for start in (0, max(0, size - _COMPARED_BYTES)):
        handle.seek(start)
        digest.update(handle.read(_COMPARED_BYTES))
    return digest.hexdigest()


def find_files(patterns: Sequence[str]) -> tuple[list[MessageFile], list[str]]:
    """The message files that match, each once, and the reasons why other matches were skipped.

    If something exists at exactly this path, the argument is a path and not a pattern, whatever characters it has.
    """
    found: dict[tuple[int, int], MessageFile] = {}
    skipped: list[str] = []
    for pattern in patterns:
        is_path = os.path.lexists(pattern) or not any(letter in pattern for letter in "*?[")
        matches = [pattern] if is_path else _matches(pattern)
        if not matches:
            raise FilesError(f"{shown(pattern)}: no file matches. Give a file, or a pattern in quotes")
        for match in matches:
            try:
                file = _inspect(match)
                found.setdefault(file.inode, file)
            except FilesError as error:
                if is_path:
                    raise
                skipped.append(str(error))
    if not found:
        raise FilesError("\n".join(["None of the matching files can be read:", *skipped]))
    return _labelled(list(found.values())), skipped


def _matches(pattern: str) -> list[str]:
    # As in the producer, a bracket is literal, unless only its interpretation as a set of characters matches something.
    literal = pattern.replace("[", "[[]")
    return sorted(glob(literal)) or sorted(glob(pattern))  # noqa: PTH207 (Path.glob rejects absolute patterns)


def _inspect(match: str) -> MessageFile:
    path = str(Path(match).absolute())
    name = shown(path)
    try:
        found = os.stat(path)  # noqa: PTH116
        if stat.S_ISDIR(found.st_mode):
            raise FilesError(f"{name} is a folder. Name the files in it, such as '{name}/*.csv'")
        if not stat.S_ISREG(found.st_mode):
            raise FilesError(
                f"{name} is not a regular file, and a stream can be read only once. Write it to a file first"
            )
        with open(path, "rb") as handle:  # noqa: PTH123
            head = handle.read(8)
            _refuse_other_kinds(name, head)
            if not path.lower().endswith(_SUFFIXES):
                raise FilesError(f"{name} is not a .csv or .csv.gz file. Rename or convert it, or narrow the pattern")
            digest = digest_of(handle, found.st_size)
    except OSError as error:
        raise FilesError(
            f"{name} cannot be read here ({error.strerror}). Executors need it at the same path as the driver"
        ) from error
    identity = (found.st_dev, found.st_ino)
    return MessageFile(path, "", found.st_size, found.st_mtime_ns, identity, digest, head.startswith(_GZIP))


def _refuse_other_kinds(name: str, head: bytes) -> None:
    for magic, (kind, remedy) in _KINDS.items():
        if head.startswith(magic):
            raise FilesError(f"{name} is {kind}, not CSV: {remedy.format(shlex.quote(name))}")


def _labelled(files: list[MessageFile]) -> list[MessageFile]:
    """Make the labels unique: quarantine identifies the file of a line by its label."""
    labels = {file.path: shown(Path(file.path).name) for file in files}
    for depth in range(2, max(len(Path(file.path).parts) for file in files) + 1):
        often = Counter(labels.values())
        for file in files:
            if often[labels[file.path]] > 1:
                labels[file.path] = shown("/".join(Path(file.path).parts[-depth:]))
    return [replace(file, label=labels[file.path]) for file in files]
