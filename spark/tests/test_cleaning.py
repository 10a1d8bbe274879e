"""What the golden cases leave open: the plan, additional columns, and where the two engines differ."""

import json
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from conftest import SCHEMA
from outcome import RECORD, clean_records
from pyspark.sql import DataFrame, Row, SparkSession
from pyspark.sql import functions as F

from messages_spark import record
from messages_spark.contract import Contract, ContractColumn

BASE: dict[str, Any] = json.loads((SCHEMA / "golden" / "cases.json").read_text(encoding="utf-8"))["base"]


def records(spark: SparkSession, *values: bytes | None) -> DataFrame:
    return spark.createDataFrame([(number, b"k", value, None) for number, value in enumerate(values)], RECORD)


def with_fields(text: str) -> bytes:
    """A valid record with additional fields, as JSON text."""
    return f"{json.dumps(BASE)[:-1]},{text}}}".encode()


def outcome(row: Row) -> tuple[str, list[str], int]:
    return row["kind"], [reason["reason"] for reason in row["reasons"]], row["unknown_fields"]


def test_no_row_passes_through_python(spark: SparkSession, contract: Contract) -> None:
    source = spark.range(1).selectExpr(
        "id number",
        "cast(null as binary) key",
        "cast('{}' as binary) value",
        "cast(null as array<struct<key:string,value:binary>>) headers",
    )
    execution = clean_records(source, contract)._jdf.queryExecution()
    plan = f"{execution.optimizedPlan()}\n{execution.executedPlan()}"
    assert "from_json" in plan
    for operator in ("PythonUDF", "BatchEvalPython", "ArrowEvalPython", "MapInPandas", "MapInArrow", "ExternalRDD"):
        assert operator not in plan


def test_columns_of_the_source_are_kept(spark: SparkSession, contract: Contract) -> None:
    cleaned = clean_records(records(spark, json.dumps(BASE).encode(), None, b"[]"), contract)
    assert cleaned.columns == [
        *["number", "key", "value", "headers"],
        *["kind", "line", "reasons", "repairs", "unknown_fields"],
    ]
    rows = cleaned.collect()
    assert [(row["number"], row["key"]) for row in rows] == [(0, b"k"), (1, b"k"), (2, b"k")]
    assert [outcome(row) for row in rows] == [
        ("row", [], 0),
        ("tombstone", [], 0),
        ("rejected", ["not_an_object"], 0),
    ]
    assert [row["repairs"] for row in rows] == [[], [], []]


def test_a_column_with_the_name_of_a_result_is_refused(spark: SparkSession, contract: Contract) -> None:
    with pytest.raises(ValueError, match="kind, line"):
        clean_records(records(spark).selectExpr("*", "1 kind", "2 line"), contract)


BREAKING_OUT = {
    b'{"id":"1"},{"id":"2"}': "not_json",
    b'{"id":"1"}],"elements":[{}': "not_json",
    b'{"id":"1"},{"end":""}]}': "not_json",
    b'{"id":"1"},{"end":""}': "not_json",
    b'{"id":"1"}]} trailing': "not_json",
    b'[{"end":""}': "not_json",
    b'5,{"end":""}': "not_json",
    b'{"id":"1","': "not_json",
    b'{1:"1"}': "not_json",
    b'{ 1 :"1"}': "not_json",
    b"[1 2]": "not_json",
    b"[01]": "not_json",
    b"[truefalse]": "not_json",
    b'[{"end":""}]': "not_an_object",
}

LONG = {
    "backslashes": with_fields('"x":"' + "\\\\" * 300_000 + '"'),
    "quotation marks": with_fields('"x":"' + '\\"' * 300_000 + '"'),
    "lone surrogates": with_fields('"x":"' + "\\ud800" * 100_000 + '"'),
    "many numbers": with_fields('"x":[' + "1," * 300_000 + "1]"),
    "a long number": with_fields('"x":' + "1" * 900_000),
    "white space": with_fields('"x":1' + " " * 900_000),
}

# From the list in spark/README.md; TypeScript counts two unknown fields.
DIFFERING: dict[bytes, tuple[str, list[str], int]] = {
    with_fields(r'"\ud800":1,"\uDC00":1'): ("row", [], 1),
    with_fields(r'"\ud800":1,"\u0000":1'): ("row", [], 1),
}


def test_hostile_records(spark: SparkSession, contract: Contract) -> None:
    """In one job, as planning takes seconds."""
    expected = {
        **{value: ("rejected", [reason], 0) for value, reason in BREAKING_OUT.items()},
        **dict.fromkeys(LONG.values(), ("row", [], 1)),
        **DIFFERING,
    }
    rows = clean_records(records(spark, *expected), contract).collect()
    different = {
        bytes(row["value"])[-60:]: (outcome(row), expected[bytes(row["value"])])
        for row in rows
        if outcome(row) != expected[bytes(row["value"])]
    }
    assert different == {}
    assert len(rows) == len(expected)


def test_more_columns_than_a_machine_word_has_bits(spark: SparkSession, contract: Contract) -> None:
    more = [ContractColumn(f"more_{number}", "integer", False, None, ()) for number in range(40)]
    wide = replace(contract, columns=(*contract.columns, *more))
    last = more[-1].name
    fast = json.dumps({name: text for name, text in BASE.items() if text} | {last: "7"}, separators=(",", ":")).encode()
    rows = clean_records(records(spark, fast, with_fields(f'"{last}":7'), with_fields(f'"{last}":"x"')), wide).collect()
    assert [row["kind"] for row in rows] == ["row", "row", "rejected"]
    assert [(row["line"] or "").rstrip("\n").split("\t")[-1] for row in rows] == ["7", "7", ""]
    assert [(reason["column"], reason["reason"]) for reason in rows[2]["reasons"]] == [(last, "not_an_integer")]


def sharing_a_hash(first: int, count: int) -> bytes:
    """A record whose unknown keys have one hash value, whatever its seed: 33 * "A" + "a" = 33 * "B" + "@"."""
    keys = ["".join(parts) for parts in product(("Aa", "B@"), repeat=9)][first : first + count]
    return with_fields(",".join(f'"{key}":1' for key in keys))


def test_names_that_share_a_hash_do_not_stop_the_count(spark: SparkSession, contract: Contract) -> None:
    """After the first two, the names that Spark caches would no longer match their count."""
    many = with_fields(",".join(f'"k{number}":1' for number in range(1000)))
    names = [column.name for column in contract.columns]
    counts = [
        records(spark, value).select(record.count_unknown(record.rewritten(F.col("value")), names)).head()
        for value in (sharing_a_hash(0, 150), sharing_a_hash(150, 180), many)
    ]
    assert counts == [(150,), (180,), (1000,)]


def test_very_many_names_that_share_a_hash_are_not_read(spark: SparkSession, contract: Contract) -> None:
    """From the list in spark/README.md. In a separate job, as it corrupts the names that a task caches."""
    names = [column.name for column in contract.columns]
    parsed = record.record_of(record.parsed(record.rewritten(F.col("value")), names))
    assert records(spark, sharing_a_hash(0, 512)).select(parsed.isNull()).head() == (True,)
