"""Rejected records, whatever their content, as rows of quarantined_messages. The consumer stores the same rows."""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Record = Mapping[str, Any]

#: Headers of a record that is sent again from quarantine: its entry, and the attempt. Any producer can set them.
REDRIVE_ENTRY, REDRIVE_ATTEMPT = "quarantine-entry", "quarantine-attempt"

_NUL = "\0"
#: The years 1 to 9999 in milliseconds, which PostgreSQL, JavaScript, Python and JSON can hold. Kafka accepts more.
EARLIEST, LATEST = -62_135_596_800_000, 253_402_300_799_999
#: Limits of one INSERT.
_MAX_ENTRIES = 500
_MAX_BYTES = 8_388_608


def pieces_of(records: Sequence[Record]) -> Iterator[Sequence[Record]]:
    start = size = 0
    for at, record in enumerate(records):
        bytes_of_record = sum(len(record[name] or b"") for name in ("key", "value", "headers"))
        if at > start and (at - start >= _MAX_ENTRIES or size + bytes_of_record > _MAX_BYTES):
            yield records[start:at]
            start, size = at, 0
        size += bytes_of_record
    if start < len(records):
        yield records[start:]


def parameters_of(records: Sequence[Record], refused: str | None = None) -> list[list[Any]]:
    """The parameters of `Statements.insert_quarantined`: an array for each column.

    `refused` is why the database refused the entries themselves. Then the records are stored without their content.
    """
    bare = {"key": None, "value": None, "headers": None}
    kept = records if refused is None else [{**record, **bare} for record in records]
    plain = {name: [record[name] for record in kept] for name in ("topic", "partition", "offset", "key", "value")}
    originals = [original_of(record, refused) for record in kept]
    return [
        *(plain[name] for name in ("topic", "partition", "offset")),
        [_stored_time(record["timestamp"]) for record in kept],
        *(plain[name] for name in ("key", "value")),
        [readable(record["headers"]) for record in kept],
        [record["reasons"] for record in kept],
        [json.dumps(original) if original else None for original in originals],
    ]


def original_of(record: Record, refused: str | None = None) -> dict[str, Any]:
    """The parts of a record that the columns cannot hold; empty if they hold everything."""
    original: dict[str, Any] = {}
    if _stored_time(record["timestamp"]) != record["timestamp"]:
        original["timestamp"] = str(record["timestamp"])
    pairs = _pairs_of(record["headers"])
    if len(dict(pairs)) < len(pairs) or not all(map(_is_readable, pairs)):
        original["headers"] = [
            [_base64(key.encode(errors="replace")), None if value is None else _base64(value)] for key, value in pairs
        ]
    if refused is not None:
        original["refused"] = refused.replace(_NUL, "")
    return original


def readable(headers: str | None) -> str:
    """Kafka headers as JSON. The last header with a name wins. Characters that jsonb cannot hold are replaced."""
    pairs = _pairs_of(headers)
    return json.dumps({_text(key): _text((value or b"").decode(errors="replace")) for key, value in pairs})


def redrive_of(headers: str) -> tuple[str, str]:
    """The entry and the attempt in the headers of a record that was sent again."""
    texts = json.loads(readable(headers))
    return texts.get(REDRIVE_ENTRY, ""), texts.get(REDRIVE_ATTEMPT, "")


def _pairs_of(headers: str | None) -> list[tuple[str, bytes | None]]:
    """Spark's JSON has bytes as base64, and no value where it is null."""
    return [
        (header.get("key", ""), b64decode(header["value"]) if "value" in header else None)
        for header in json.loads(headers or "[]")
    ]


def _is_readable(pair: tuple[str, bytes | None]) -> bool:
    key, value = pair
    if value is None or b"\0" in value or _NUL in key:
        return False
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True


def _stored_time(timestamp: int) -> int:
    return min(max(timestamp, EARLIEST), LATEST)


def _base64(data: bytes) -> str:
    return b64encode(data).decode()


def _text(text: str) -> str:
    return text.replace(_NUL, "\ufffd")
