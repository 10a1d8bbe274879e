"""The parts of a task that need no database."""

import json
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest

from messages_spark.bisection import find_refused
from messages_spark.file_parts import parts_of
from messages_spark.files import MessageFile
from messages_spark.latency import latency_of
from messages_spark.quarantine import EARLIEST, LATEST, original_of, parameters_of, pieces_of, readable, redrive_of
from messages_spark.task import bytes_of, end_of
from messages_spark.write_result import WriteResult

LINES = ["1\tä\n", None, "22\t\U0001f600\n", "", None, "3\n"]


@pytest.mark.parametrize("from_line", range(len(LINES)))
def test_bytes_of_lines_come_from_the_buffer(from_line: int) -> None:
    for array in (pa.array(LINES, pa.string()), pa.array(["x", *LINES], pa.string()).slice(1)):
        for to_line in range(from_line, len(LINES) + 1):
            text = "".join(line or "" for line in LINES[from_line:to_line])
            assert bytes(bytes_of(array, from_line, to_line)) == text.encode()


def test_no_line_has_no_bytes() -> None:
    assert bytes(bytes_of(pa.array([None, None], pa.string()), 0, 2)) == b""


def headers(*pairs: tuple[str, bytes | None]) -> str:
    """Headers in the form of Spark's to_json."""
    return json.dumps(
        [{"key": key} | ({} if value is None else {"value": b64encode(value).decode()}) for key, value in pairs]
    )


@pytest.mark.parametrize(
    ("kafka_headers", "stored"),
    [
        (None, {}),
        (headers(), {}),
        (headers(("a", b"1"), ("a", b"2")), {"a": "2"}),
        (headers(("a", None), ("", b"")), {"a": "", "": ""}),
        (headers(("n\0l", b"\0"), ("\ufffd", b"\xff\xfe")), {"n\ufffdl": "\ufffd", "\ufffd": "\ufffd\ufffd"}),
    ],
)
def test_headers_of_any_bytes_become_json(kafka_headers: str | None, stored: dict[str, str]) -> None:
    text = readable(kafka_headers)
    assert json.loads(text) == stored
    assert "\\u0000" not in text


@pytest.mark.parametrize(
    ("timestamp", "stored"),
    [(0, 0), (-1, -1), (-(2**63), EARLIEST), (2**63 - 1, LATEST), (1_700_000_000_000, 1_700_000_000_000)],
)
def test_times_are_clamped_to_the_range_of_the_database(timestamp: int, stored: int) -> None:
    record: dict[str, Any] = dict.fromkeys(("topic", "partition", "offset", "key", "value", "headers", "reasons"))
    assert parameters_of([record | {"timestamp": timestamp}])[3] == [stored]


@pytest.mark.parametrize(
    ("kafka_headers", "original"),
    [
        (headers(("a", b"1")), {}),
        (headers(("a", b"1"), ("a", b"2")), {"headers": [["YQ==", "MQ=="], ["YQ==", "Mg=="]]}),
        (headers(("a", None)), {"headers": [["YQ==", None]]}),
        (headers(("a", b"\xff")), {"headers": [["YQ==", "/w=="]]}),
        (headers(("\0", b"")), {"headers": [["AA==", ""]]}),
    ],
)
def test_the_original_keeps_what_the_columns_cannot_hold(kafka_headers: str, original: dict[str, Any]) -> None:
    assert original_of({"timestamp": 5, "headers": kafka_headers}) == original
    assert original_of({"timestamp": 2**63 - 1, "headers": None}) == {"timestamp": "9223372036854775807"}


def test_headers_name_the_entry_and_the_attempt_of_a_record_that_was_sent_again() -> None:
    named = headers(("quarantine-attempt", b"b"), ("quarantine-entry", b"a"), ("quarantine-entry", b"c"))
    assert redrive_of(named) == ("c", "b")
    assert redrive_of(headers(("quarantine-entry", None))) == ("", "")


def test_entries_are_inserted_in_pieces_of_limited_size() -> None:
    sizes = [1, 9_000_000, 1, *[0] * 1200, 5_000_000, 5_000_000]
    records = [{"key": None, "value": bytes(size), "headers": ""} for size in sizes]
    pieces = [len(piece) for piece in pieces_of(records)]
    assert sum(pieces) == len(records)
    assert pieces == [1, 1, 500, 500, 202, 1]


@pytest.mark.parametrize("bad", [set(), {0}, {6}, {3, 4}, set(range(7))])
def test_bisection_finds_refused_items_and_writes_the_others_once(bad: set[int]) -> None:
    done: list[int] = []

    def attempt(items: Sequence[int]) -> None:
        if bad.intersection(items):
            raise ValueError("refused")
        done.extend(items)

    assert set(find_refused(list(range(7)), attempt, (ValueError,))) == bad
    assert done == [item for item in range(7) if item not in bad]


def test_bisection_raises_other_errors() -> None:
    def attempt(_: Sequence[int]) -> None:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        list(find_refused([1, 2], attempt, (ValueError,)))
    assert list(find_refused([], attempt, (ValueError,))) == []


FILE = MessageFile("/data/m.csv", "m.csv", 1000, 5, (1, 2), "digest")


def ids(file: MessageFile, split_bytes: int = 300) -> list[tuple[str, int]]:
    return [(part.query_id, part.number) for part in parts_of(file, split_bytes)]


def test_the_id_of_a_part_depends_only_on_the_version_of_the_file() -> None:
    assert ids(FILE) == ids(replace(FILE, label="data/m.csv", inode=(8, 9)))
    assert [number for _, number in ids(FILE)] == [0, 1, 2, 3]
    others = [replace(FILE, path="/data/n.csv"), replace(FILE, size=999), replace(FILE, mtime_ns=6)]
    others.append(replace(FILE, digest="another"))
    queries = {ids(other)[0][0] for other in (FILE, *others)} | {ids(FILE, 400)[0][0]}
    assert len(queries) == 6


def test_only_the_end_record_ends_a_part() -> None:
    batch = pa.RecordBatch.from_pydict({"end": [None, "broken"], "problem": [None, "cut"]})
    assert end_of(batch) == ("broken", "cut")
    assert end_of(batch.slice(0, 1)) is None


def test_results_of_tasks_add_up() -> None:
    whole = WriteResult(records=1, problems=["a"])
    whole.add(WriteResult.from_json(WriteResult(records=2, problems=["b"]).to_json()))
    assert (whole.records, whole.problems) == (3, ["a", "b"])


def test_impossible_timestamps_have_no_age() -> None:
    now = 1_700_000_000_000
    poison = {0: 1, -1: 2, now * 1000: 3, now * 1_000_000: 4, -(2**63): 5}
    buckets, seconds = latency_of(poison | {now - 100: 7}, now)
    assert (dict(buckets), round(seconds, 6)) == ({"0.1": 7}, 0.7)
