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

#: Columns of the lines. `fault` is set for the pieces of an over-long line; `unended` counts the pieces before this
#: record after which their line goes on. The record after the last line of a part has `end`, the number of repeated
#: headers, and the problem if there was one.
SCHEMA = (
    "text binary, label string, file bigint, part int, begins bigint, written timestamp, fault string, unended bigint, "
    "end string, problem string, repeated_headers bigint"
)
_ARROW = pa.schema(
    [
        ("text", pa.binary()),
        ("label", pa.string()),
        ("file", pa.int64()),
        ("part", pa.int32()),
        ("begins", pa.int64()),
        ("written", pa.timestamp("us", tz="UTC")),
        ("fault", pa.string()),
        ("unended", pa.int64()),
        ("end", pa.string()),
        ("problem", pa.string()),
        ("repeated_headers", pa.int64()),
    ]
)
_CHUNK_BYTES = HEAD_BYTES = 1024 * 1024
_COMPRESSED_CHUNK_BYTES = 64 * 1024
#: A longer line comes in pieces of this size, as in the producer, so that a file without newlines needs no more memory.
_MAX_LINE_BYTES = 4 * 1024 * 1024
_TOO_LONG = f"a line longer than {_MAX_LINE_BYTES} bytes"
#: A chunk may be a million lines.
_LINES_OF_A_BATCH = 65_536


class BrokenFileError(ValueError):
    """A file that can be read only up to some point."""


@dataclass(frozen=True)
class Lines:
    """Consecutive lines, or one piece of an over-long line."""

    lines: list[bytes]
    is_piece: bool = False
    #: False for all pieces of a line but the last.
    ends_line: bool = True


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
    unended = 0
    try:
        with open(part.file.path, "rb") as handle:  # noqa: PTH123
            try:
                for found in _lines_of(handle, part):
                    if found.is_piece:
                        yield _batch(part, found.lines, fault=_TOO_LONG, unended=unended)
                        unended += not found.ends_line
                        continue
                    lines = headers.without(found.lines)
                    for start in range(0, len(lines), _LINES_OF_A_BATCH):
                        yield _batch(part, lines[start : start + _LINES_OF_A_BATCH], unended=unended)
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
    yield _batch(part, [None], end=state, problem=problem, repeated_headers=headers.count)


def head_of(file: MessageFile) -> bytes:
    """The start of a file: at least its first mebibyte (`HEAD_BYTES`), or all of it."""
    head = b""
    with open(file.path, "rb") as handle:  # noqa: PTH123
        for chunk in _chunks(handle, file):
            head += chunk
            if len(head) >= HEAD_BYTES:
                break
    return head


def _batch(
    part: Part,
    lines: list[bytes] | list[None],
    *,
    fault: str | None = None,
    unended: int = 0,
    end: str | None = None,
    problem: str | None = None,
    repeated_headers: int | None = None,
) -> Any:
    file, written = part.file, part.file.mtime_ns // 1000
    place = (file.label, part.file_id, part.number, part.begins, written)
    of_part = (*place, fault, unended, end, problem, repeated_headers)
    repeated = [
        pa.repeat(pa.scalar(value, field.type), len(lines))
        for value, field in zip(of_part, list(_ARROW)[1:], strict=True)
    ]
    return pa.RecordBatch.from_arrays([pa.array(lines, pa.binary()), *repeated], schema=_ARROW)


def _lines_of(handle: BinaryIO, part: Part) -> Iterator[Lines]:
    handle.seek(part.begins)
    position = part.begins
    is_first = part.begins > 0  # the first is the rest of a line of the part before
    for found in _whole_lines(_chunks(handle, part.file)):
        if part.ends is None:
            yield found
            continue
        if found.is_piece:
            position += len(found.lines[0]) + found.ends_line
            if not is_first:
                yield found
            # Where no line begins in this part, it need not be read to the end of that line.
            if (is_first or found.ends_line) and position > part.ends:
                return
            is_first = is_first and not found.ends_line
            continue
        lines = found.lines
        taken = lines[1:] if is_first else lines
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
            yield Lines(taken)
        if position > part.ends:
            return


def _whole_lines(chunks: Iterable[bytes]) -> Iterator[Lines]:
    """Split chunks into lines. Holds at most one chunk and `_MAX_LINE_BYTES`."""
    rest: list[bytes] = []
    rest_bytes = 0
    is_piece = False
    for chunk in chunks:
        first, *others = chunk.split(b"\n")
        rest.append(first)
        rest_bytes += len(first)
        while rest_bytes > _MAX_LINE_BYTES:
            whole = b"".join(rest)
            yield Lines([whole[:_MAX_LINE_BYTES]], is_piece=True, ends_line=False)
            is_piece = True
            rest = [whole[_MAX_LINE_BYTES:]]
            rest_bytes = len(rest[0])
        if not others:
            continue
        whole = b"".join(rest)
        rest = [others.pop()]
        rest_bytes = len(rest[0])
        if is_piece:
            yield Lines([whole], is_piece=True)
        lines = others if is_piece else [whole, *others]
        is_piece = False
        if lines:
            yield Lines(lines)
    last = b"".join(rest)
    if last:
        yield Lines([last], is_piece)


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
