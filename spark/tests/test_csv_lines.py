"""Lines of files become the records that the producer would send."""

import gzip
import json
from pathlib import Path
from typing import Any

from conftest import SCHEMA
from outcome import outcome_of
from pyspark.sql import DataFrame, Row, SparkSession

from messages_spark.cleaning import clean
from messages_spark.contract import Contract
from messages_spark.csv_lines import read_header, records_of_files
from messages_spark.file_parts import parts_of
from messages_spark.files import MessageFile, find_files

BASE: dict[str, Any] = json.loads((SCHEMA / "golden" / "cases.json").read_text(encoding="utf-8"))["base"]


def line(contract: Contract, **fields: str) -> str:
    values = {**BASE, **fields}
    return ",".join(str(values.get(column.name) or "") for column in contract.columns)


def header(contract: Contract) -> str:
    return ",".join(column.name for column in contract.columns)


def one(file: Path) -> MessageFile:
    (found,), _ = find_files([str(file)])
    return found


def records_of(spark: SparkSession, contract: Contract, file: Path, split_bytes: int = 2**25) -> DataFrame:
    found = one(file)
    return records_of_files(spark, parts_of(found, split_bytes), *read_header(found, contract), contract)


def read(
    spark: SparkSession, contract: Contract, file: Path
) -> list[tuple[int, str, Any, bytes | None, dict[str, bytes]]]:
    """Offset, kind, id, value and headers of each record, in file order."""
    rows = clean(records_of(spark, contract, file), contract).collect()
    assert {row["split"]["end"] for row in rows} == {None, "done"}
    rows = [row for row in rows if not row["split"]["end"]]
    found = []
    for row in sorted(rows, key=lambda row: (row["partition"], row["offset"])):
        outcome = outcome_of(row, contract)
        headers = {pair["key"]: bytes(pair["value"]) for pair in row["headers"] or []}
        found.append((row["offset"], outcome.kind, outcome.row and outcome.row["id"], row["value"], headers))
    return found


def canonical_ids(rows: list[Row]) -> list[str]:
    """Ids of all records, in file order. They must be canonical rows: to clean others would take half a minute."""
    rows = [row for row in rows if not row["split"]["end"]]
    rows.sort(key=lambda row: (row["partition"], row["offset"]))
    return [row["canonical_row"].split("\t")[0] for row in rows]


def test_repeated_headers_are_not_records(spark: SparkSession, contract: Contract, tmp_path: Path) -> None:
    file = tmp_path / "messages.csv"
    again = [header(contract), f"\ufeff{header(contract).upper()}\r", '"' + header(contract).replace(",", '","') + '"']
    lines = [header(contract)]
    for number in range(1, 7):
        lines += [line(contract, id=str(number)), *again[number % 3 : number % 3 + 1]]
    file.write_text("\n".join(lines), encoding="utf-8", newline="")
    for split_bytes in (2**25, 700):
        rows = records_of(spark, contract, file, split_bytes).collect()
        assert canonical_ids(rows) == list("123456")
        assert sum(row["split"]["repeated_headers"] or 0 for row in rows) == 6

    file.write_text("\n".join([*lines, ",".join(reversed(header(contract).split(","))), "a,b"]), encoding="utf-8")
    rows = records_of(spark, contract, file).collect()
    assert canonical_ids(rows) == list("123456")
    (problem,) = [row["split"]["problem"] for row in rows if row["split"]["end"] == "broken"]
    assert "second header, with the columns in another order" in problem


def test_each_kind_of_line(spark: SparkSession, contract: Contract, tmp_path: Path) -> None:
    file = tmp_path / "messages.csv"
    fields = len(contract.columns)
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
        line(contract, id="6").encode(),  # no newline at the end
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
    assert headers == {
        "csv-error": f"{fields + 1} fields instead of {fields}".encode(),
        "csv-file": b"messages.csv",
        "csv-line": b"8",
    }
    value, headers = by_offset[10]
    assert (bytes(value or b""), headers["csv-error"]) == (invalid, b"not valid UTF-8")
    assert json.loads(bytes(by_offset[11][0] or b"")) == {name: text for name, text in BASE.items() if text} | {
        "id": "x"
    }
    assert by_offset[11][1] == {}


def test_a_file_in_parts_gives_the_same_records(spark: SparkSession, contract: Contract, tmp_path: Path) -> None:
    small_parts = 1000
    ids = [str(number) for number in range(1, 20)]
    text = "\n".join([header(contract), *[line(contract, id=id_) for id_ in ids]])
    plain, zipped = tmp_path / "messages.csv", tmp_path / "messages.csv.gz"
    plain.write_text(text)
    zipped.write_bytes(gzip.compress(text.encode()))
    assert plain.stat().st_size > 3 * small_parts

    for file in (plain, zipped):
        rows = records_of(spark, contract, file, small_parts).collect()
        assert {row["split"]["end"] for row in rows} == {None, "done"}
        assert canonical_ids(rows) == ids
    records = records_of(spark, contract, plain, small_parts).where("split.end IS NULL")
    places = [(row["partition"], row["offset"]) for row in records.select("partition", "offset").collect()]
    assert len(set(places)) == len(ids)
    # One part per task, however small.
    assert records.rdd.getNumPartitions() == -(-plain.stat().st_size // small_parts)


def test_columns_in_another_order_and_additional_columns(
    spark: SparkSession, contract: Contract, tmp_path: Path
) -> None:
    file = tmp_path / "messages.csv"
    names = ["extra", *reversed([column.name for column in contract.columns])]
    file.write_text(
        "\n" + ",".join(names) + "\n" + ",".join(["x", *[str(BASE.get(name) or "") for name in names[1:]]]) + "\n"
    )
    assert [(offset, id_) for offset, _, id_, _, _ in read(spark, contract, file)] == [(2, BASE["id"])]


def test_an_over_long_line_is_rejected_in_pieces(spark: SparkSession, contract: Contract, tmp_path: Path) -> None:
    file = tmp_path / "messages.csv"
    # The last piece looks like a row.
    long = "x" * 2 * 4 * 2**20 + line(contract, id="9")
    file.write_text("\n".join([header(contract), line(contract, id="1"), long, line(contract, id="2"), "a,b"]))

    rows = read(spark, contract, file)

    assert [(kind, id_) for _, kind, id_, _, _ in rows] == [
        *(("row", "1"), ("rejected", None), ("rejected", None), ("rejected", None)),
        *(("row", "2"), ("rejected", None)),
    ]
    pieces = [(bytes(value or b""), headers) for _, _, _, value, headers in rows[1:4]]
    assert b"".join(value for value, _ in pieces) == long.encode()
    for _, headers in pieces:
        assert headers["csv-error"] == b"a line longer than 4194304 bytes"
        assert headers["csv-line"] == b"3"
    assert rows[5][4]["csv-line"] == b"5"
