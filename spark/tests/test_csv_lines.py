"""Lines of files become the records that the producer would send."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from conftest import SCHEMA
from outcome import outcome_of
from pyspark.sql import SparkSession

from messages_spark.cleaning import clean
from messages_spark.contract import Contract
from messages_spark.csv_lines import FilesError, find_files, read_header, records_of_files

BASE: dict[str, Any] = json.loads((SCHEMA / "golden" / "cases.json").read_text(encoding="utf-8"))["base"]


def line(contract: Contract, **fields: str) -> str:
    values = {**BASE, **fields}
    return ",".join(str(values.get(column.name) or "") for column in contract.columns)


def header(contract: Contract) -> str:
    return ",".join(column.name for column in contract.columns)


def read(
    spark: SparkSession, contract: Contract, file: Path
) -> list[tuple[int, str, Any, bytes | None, dict[str, bytes]]]:
    """Offset, kind, id, value and headers of each record, in the file's order."""
    names, lines = read_header(file, contract)
    rows = clean(records_of_files(spark, [file], names, lines, contract), contract).collect()
    found = []
    for row in sorted(rows, key=lambda row: (row["partition"], row["offset"])):
        outcome = outcome_of(row, contract)
        headers = {pair["key"]: bytes(pair["value"]) for pair in row["headers"] or []}
        found.append((row["offset"], outcome.kind, outcome.row and outcome.row["id"], row["value"], headers))
    return found


@pytest.fixture
def small_parts(spark: SparkSession) -> int:
    """Parts of a file in bytes, as the session sets them."""
    for name in ("maxPartitionBytes", "openCostInBytes"):
        spark.conf.set(f"spark.sql.files.{name}", 1000)
    return 1000


def test_each_kind_of_line(spark: SparkSession, contract: Contract, tmp_path: Path) -> None:
    file = tmp_path / "messages.csv"
    plain = line(contract)
    invalid = line(contract, category="§").encode().replace("§".encode(), b"\xff")
    lines: list[bytes] = [
        b"\xef\xbb\xbf" + header(contract).encode(),
        plain.encode(),
        line(contract, id="2").encode() + b"\r",
        b"",
        b"\r",
        line(contract, id="3", category='"a ""quoted"", comma"').encode(),
        line(contract, id=" 4 ", channel="EMAIL").encode(),
        f"{plain},extra".encode(),
        line(contract, category='"open').encode(),
        line(contract, category='a"b').encode(),
        invalid,
        line(contract, id="x").encode(),
        line(contract, id="5", category=f'"{"x" * 100}{chr(34) * 2500}"').encode(),
        line(contract, id="6").encode(),  # without a newline after it
    ]
    file.write_bytes(b"\n".join(lines))

    rows = read(spark, contract, file)

    assert [(offset, kind, id_) for offset, kind, id_, _, _ in rows] == [
        (1, "row", BASE["id"]),
        (2, "row", "2"),
        (5, "row", "3"),
        (6, "row", "4"),
        (7, "rejected", None),
        (8, "rejected", None),
        (9, "rejected", None),
        (10, "rejected", None),
        (11, "rejected", None),
        (12, "rejected", None),
        (13, "row", "6"),
    ]
    by_offset = {offset: (value, headers) for offset, _, _, value, headers in rows}
    value, headers = by_offset[7]
    assert bytes(value or b"") == f"{plain},extra".encode()
    assert headers == {"csv-error": b"33 fields instead of 32", "csv-file": b"messages.csv", "csv-line": b"8"}
    value, headers = by_offset[10]
    assert (bytes(value or b""), headers["csv-error"]) == (invalid, b"not valid UTF-8")
    assert json.loads(bytes(by_offset[11][0] or b"")) == {name: text for name, text in BASE.items() if text} | {
        "id": "x"
    }
    assert by_offset[11][1] == {}


def test_parts_of_a_file_come_to_the_same_as_the_whole(
    spark: SparkSession, contract: Contract, tmp_path: Path, small_parts: int
) -> None:
    ids = [str(number) for number in range(1, 20)]
    text = "\n".join([header(contract), *[line(contract, id=id_) for id_ in ids]])
    plain, zipped = tmp_path / "messages.csv", tmp_path / "messages.csv.gz"
    plain.write_text(text)
    zipped.write_bytes(gzip.compress(text.encode()))
    assert plain.stat().st_size > 3 * small_parts

    for file in (plain, zipped):
        assert [id_ for _, _, id_, _, _ in read(spark, contract, file)] == ids
    records = records_of_files(spark, [plain], *read_header(plain, contract), contract)
    places = [(row["partition"], row["offset"]) for row in records.select("partition", "offset").collect()]
    assert len(set(places)) == len(ids)
    # One part a task, however small.
    assert records.rdd.getNumPartitions() == -(-plain.stat().st_size // small_parts)


def test_columns_in_another_order_and_more_of_them(spark: SparkSession, contract: Contract, tmp_path: Path) -> None:
    file = tmp_path / "messages.csv"
    names = ["extra", *reversed([column.name for column in contract.columns])]
    file.write_text(
        "\n" + ",".join(names) + "\n" + ",".join(["x", *[str(BASE.get(name) or "") for name in names[1:]]]) + "\n"
    )
    assert [(offset, id_) for offset, _, id_, _, _ in read(spark, contract, file)] == [(2, BASE["id"])]


def test_files_that_are_none(contract: Contract, tmp_path: Path) -> None:
    with pytest.raises(FilesError, match=r"no \.csv or \.csv\.gz file"):
        find_files([str(tmp_path / "*.csv")])
    with pytest.raises(FilesError, match="not a file that can be read"):
        find_files([str(tmp_path / "absent.csv")])
    empty = tmp_path / "empty.csv"
    empty.write_text("\n\n")
    with pytest.raises(FilesError, match="the file is empty"):
        read_header(empty, contract)
    headless = tmp_path / "headless.csv"
    headless.write_text("id,message_id\n")
    with pytest.raises(FilesError, match="the header lacks campaign_id, "):
        read_header(headless, contract)
    assert find_files([str(tmp_path / "*.csv"), str(empty)]) == [empty, headless]
