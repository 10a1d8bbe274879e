"""Reads the lines of message files on an executor, part by part.

Spark's own reader treats a name as a pattern, skips files that Hadoop considers hidden, and does not notice that a
file has changed. This one opens exactly the file that was found, and reports after the last line how reading ended.
"""

import hashlib
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO
from uuid import UUID

import pyarrow as pa

from messages_spark.files import MessageFile
from messages_spark.repeated_headers import RepeatedHeaders
from messages_spark.task import BROKEN, DONE, REFUSED

#: Columns of the lines. The record after the last line of a part has `end`, the number of repeated headers, and the
#: problem if there was one.
SCHEMA = (
    "text binary, label string, file bigint, part int, begins bigint, written timestamp, end string, problem string, "
    "repeated_headers bigint"
)
_ARROW = pa.schema(
    [
        ("text", pa.binary()),
        ("label", pa.string()),
        ("file", pa.int64()),
        ("part", pa.int32()),
        ("begins", pa.int64()),
        ("written", pa.timestamp("us", tz="UTC")),
        ("end", pa.string()),
        ("problem", pa.string()),
        ("repeated_headers", pa.int64()),
    ]
)
_CHUNK_BYTES = 1024 * 1024
_COMPRESSED_CHUNK_BYTES = 64 * 1024


class BrokenFileError(ValueError):
    """A file that can be read only up to some point."""


@dataclass(frozen=True)
class Part:
    """A range of bytes of a file. As in Hadoop, it has the lines that start after its first byte, up to its end."""

    file: MessageFile
    file_id: int
    number: int
    begins: int
    #: None for a compressed file, which cannot be split.
    ends: int | None

    @property
    def query_id(self) -> str:
        """The query id in spark_writes, where `number` is the batch."""
        return str(UUID(int=self.file_id % 2**64))


def parts_of(file: MessageFile, split_bytes: int) -> list[Part]:
    """The parts of a file, each one task and one transaction. A version of a file has the same parts in every run."""
    version = f"{file.size} {file.mtime_ns} {file.digest} {split_bytes} {file.path}"
    file_id = int.from_bytes(_hash(version), signed=True)
    if file.is_gzip:
        return [Part(file, file_id, 0, 0, None)]
    begins = range(0, max(file.size, 1), split_bytes)
    return [Part(file, file_id, at, begin, begin + split_bytes) for at, begin in enumerate(begins)]


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode(errors="surrogateescape")).digest()[:8]


class PartReader:
    """For mapInArrow on a frame where each partition has one row: the number of a part."""

    def __init__(self, parts: Sequence[Part], header: Sequence[str], header_lines: int) -> None:
        self._parts = parts
        self._header = header
        self._header_lines = header_lines

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for number in batch.column(0).to_pylist():
                yield from read_part(self._parts[number], self._header, self._header_lines)


def read_part(part: Part, header: Sequence[str], header_lines: int) -> Iterator[pa.RecordBatch]:
    state, problem = DONE, None
    headers = RepeatedHeaders(header, header_lines if part.begins == 0 else 0)
    try:
        with open(part.file.path, "rb") as handle:  # noqa: PTH123
            try:
                for lines in _lines_of(handle, part):
                    yield _batch(part, headers.without(lines))
                    if headers.is_reordered:
                        raise BrokenFileError(
                            "has a second header, with the columns in another order. Split the file there"
                        )
            except BrokenFileError as error:
                state, problem = BROKEN, f"{part.file.shown} {error}"
            changes = part.file.changes(handle)
        if changes is not None:
            state = REFUSED
            problem = (
                f"{part.file.shown} changed while it was read: {changes}. Rows of both versions may be in the mart; "
                "run the backfill again when nothing writes to the file; it then reads the whole file"
            )
    except OSError as error:
        state = REFUSED
        problem = (
            f"{part.file.shown} cannot be read: {error.strerror}. Executors need it at the same path as the driver"
        )
    yield _batch(part, [None], state, problem, headers.count)


def head_of(file: MessageFile) -> bytes:
    """The start of a file: at least its first mebibyte, or all of it."""
    head = b""
    with open(file.path, "rb") as handle:  # noqa: PTH123
        for chunk in _chunks(handle, file):
            head += chunk
            if len(head) >= _CHUNK_BYTES:
                break
    return head


def _batch(
    part: Part,
    lines: list[bytes] | list[None],
    end: str | None = None,
    problem: str | None = None,
    repeated_headers: int | None = None,
) -> Any:
    file, written = part.file, part.file.mtime_ns // 1000
    of_part = (file.label, part.file_id, part.number, part.begins, written, end, problem, repeated_headers)
    repeated = [
        pa.repeat(pa.scalar(value, field.type), len(lines))
        for value, field in zip(of_part, list(_ARROW)[1:], strict=True)
    ]
    return pa.RecordBatch.from_arrays([pa.array(lines, pa.binary()), *repeated], schema=_ARROW)


def _lines_of(handle: BinaryIO, part: Part) -> Iterator[list[bytes]]:
    handle.seek(part.begins)
    position = part.begins
    is_first = part.begins > 0
    for lines in _whole_lines(_chunks(handle, part.file)):
        if part.ends is None:
            yield lines
            continue
        taken = lines[1:] if is_first else lines  # the first is the rest of a line of the part before
        position += len(lines[0]) + 1 if is_first else 0
        is_first = False
        end_of_lines = position + sum(map(len, taken)) + len(taken)
        if end_of_lines <= part.ends:
            position = end_of_lines
        else:
            lengths = iter(taken)
            taken = []
            while position <= part.ends and (line := next(lengths, None)) is not None:
                taken.append(line)
                position += len(line) + 1
        if taken:
            yield taken
        if position > part.ends:
            return


def _whole_lines(chunks: Iterable[bytes]) -> Iterator[list[bytes]]:
    rest: list[bytes] = []
    for chunk in chunks:
        first, *others = chunk.split(b"\n")
        rest.append(first)
        if others:
            whole = b"".join(rest)
            rest = [others.pop()]
            yield [whole, *others]
    last = b"".join(rest)
    if last:
        yield [last]


def _chunks(handle: BinaryIO, file: MessageFile) -> Iterator[bytes]:
    if file.is_gzip:
        yield from _decompressed(handle)
        return
    while chunk := handle.read(_CHUNK_BYTES):
        yield chunk


def _decompressed(handle: BinaryIO) -> Iterator[bytes]:
    """Decompress all members of a gzip file. As in gzip, NUL bytes between and after them are padding."""
    member = None
    is_behind = False
    data = b""
    while data := data or handle.read(_COMPRESSED_CHUNK_BYTES):
        if member is None:
            data = data.lstrip(b"\0") if is_behind else data
            if not data:
                continue
            member = zlib.decompressobj(wbits=31)
        try:
            yield member.decompress(data, _CHUNK_BYTES)
        except zlib.error as error:
            what = (
                "has bytes after its compressed data that are not gzip data" if is_behind else "is not valid gzip data"
            )
            raise BrokenFileError(f"{what}: {error}. Fetch the file again") from error
        if member.eof:
            data, member, is_behind = member.unused_data, None, True
        else:
            data = member.unconsumed_tail
    if member is not None:
        yield member.flush()
        if not member.eof:
            raise BrokenFileError("ends in the middle of its compressed data. Fetch the file again")
