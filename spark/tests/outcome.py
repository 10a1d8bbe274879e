"""The result of cleaning a record, in a form that can be compared."""

import re
from dataclasses import dataclass

from pyspark.sql import DataFrame, Row

from messages_spark.canonical_rows import add_canonical_rows_of_records
from messages_spark.cleaning import clean
from messages_spark.contract import Contract

#: A number, and the columns of a Kafka source that `clean` needs, without `canonical_row`. Tests share these columns:
#: for each other set of columns, Spark compiles the cleaning again, which takes half a minute.
RECORD = "number long, key binary, value binary, headers array<struct<key:string,value:binary>>"


@dataclass(frozen=True)
class Outcome:
    kind: str
    row: dict[str, str | None] | None = None
    reasons: tuple[tuple[str | None, str], ...] = ()
    #: Sorted, as their order does not matter.
    repairs: tuple[tuple[str, str], ...] = ()
    unknown_fields: int = 0


def clean_records(records: DataFrame, contract: Contract) -> DataFrame:
    """Clean records as the job does, with the fast path."""
    return clean(add_canonical_rows_of_records(records, contract), contract)


def outcome_of(row: Row, contract: Contract) -> Outcome:
    """The result of `clean` for a record."""
    if row["kind"] != "row":
        assert row["line"] is None, "only a row has a line"
    return Outcome(
        kind=row["kind"],
        row=_values(row["line"], contract) if row["kind"] == "row" else None,
        reasons=tuple((reason["column"], reason["reason"]) for reason in row["reasons"]),
        repairs=tuple(sorted((column, rule) for repair in row["repairs"] for rule, column in [repair.split(" ")])),
        unknown_fields=row["unknown_fields"],
    )


_ESCAPED = {"\\\\": "\\", "\\t": "\t", "\\n": "\n", "\\r": "\r"}


def _values(line: str, contract: Contract) -> dict[str, str | None]:
    """The columns of a line as COPY would read them."""
    assert line.endswith("\n")
    texts = line[:-1].split("\t")
    assert "\n" not in line[:-1]
    return {
        column.name: re.sub(r"\\.", lambda escape: _ESCAPED[escape.group()], text) or None
        for column, text in zip(contract.columns, texts, strict=True)
    }
