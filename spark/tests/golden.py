"""The golden cases of the contract, as Kafka records and expected outcomes."""

import base64
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame, Row

from messages_spark.cleaning import clean
from messages_spark.contract import Contract
from messages_spark.verbatim import add_verbatim_records

#: Columns that `clean` needs of a Kafka source, but for `verbatim`.
RECORD = "key binary, value binary, headers array<struct<key:string,value:binary>>"


@dataclass(frozen=True)
class Outcome:
    kind: str
    row: dict[str, str | None] | None = None
    reasons: tuple[tuple[str | None, str], ...] = ()
    #: Sorted, as their order does not matter.
    repairs: tuple[tuple[str, str], ...] = ()
    unknown_fields: int = 0


@dataclass(frozen=True)
class GoldenCase:
    name: str
    value: bytes | None
    headers: dict[str, str]
    expected: Outcome


def read_cases(path: Path) -> list[GoldenCase]:
    document = json.loads(path.read_text(encoding="utf-8"))
    return [
        GoldenCase(
            name=case["name"],
            value=_value(case, document["base"]),
            headers=case.get("headers", {}),
            expected=_outcome(case["expect"], document["base_row"]),
        )
        for case in document["cases"]
    ]


def _value(case: dict[str, Any], base: dict[str, Any]) -> bytes | None:
    if "raw" in case:
        return str(case["raw"]).encode()
    if "raw_base64" in case:
        return base64.b64decode(case["raw_base64"])
    if "repeat" in case:
        return _padded(case["repeat"], base)
    if "with" in case or "without" in case:
        fields = {**base, **case.get("with", {})}
        return _compact({name: value for name, value in fields.items() if name not in case.get("without", [])})
    return None


def _padded(repeat: dict[str, Any], base: dict[str, Any]) -> bytes:
    field, pad = repeat["pad_field"], repeat.get("pad_with", "x")
    missing = repeat["to_bytes"] - len(_compact({**base, field: ""}))
    times, rest = divmod(missing, len(pad.encode()))
    if rest:
        raise ValueError(f"{repeat} does not divide evenly")
    return _compact({**base, field: pad * times})


def _compact(fields: dict[str, Any]) -> bytes:
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    # As JSON.stringify does, which escapes lone surrogates.
    escaped = "".join(f"\\u{ord(char):04x}" if "\ud800" <= char <= "\udfff" else char for char in text)
    return escaped.encode()


def _outcome(expect: dict[str, Any], base_row: dict[str, str | None]) -> Outcome:
    if expect.get("tombstone"):
        return Outcome("tombstone")
    if "reasons" in expect:
        return Outcome("rejected", reasons=tuple((item["column"], item["reason"]) for item in expect["reasons"]))
    return Outcome(
        "row",
        row={**base_row, **expect["row"]},
        repairs=tuple(sorted((item["column"], item["repair"]) for item in expect.get("repairs", []))),
        unknown_fields=expect.get("unknown_fields", 0),
    )


def clean_records(records: DataFrame, contract: Contract) -> DataFrame:
    """As the job cleans records of Kafka, the short way included."""
    return clean(add_verbatim_records(records, contract), contract)


def outcome_of(row: Row, contract: Contract) -> Outcome:
    """What `clean` says of a record."""
    if row["kind"] != "row":
        assert row["line"] is None, "what is not a row has no line"
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
