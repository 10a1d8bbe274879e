"""The contract of messages, read from the JSON file exported from TypeScript."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast, get_args

Kind = Literal["integer", "boolean", "date", "time", "text", "closed_set", "open_set"]

VERSION = 1
#: Limits of the JSON reader. The length of a key is fixed in Spark.
MAX_DEPTH = 1000
MAX_KEY_LENGTH = 49_999
#: The codes that the cleaner knows. A contract with other codes has rules that are not implemented here.
REASONS = frozenset(
    (
        *("unparsable_line", "too_large", "not_json", "not_an_object", "rejected_by_database", "unreadable_batch"),
        *("missing", "not_a_scalar", "not_an_integer", "lost_digits", "out_of_range", "not_a_boolean"),
        *("not_a_date", "not_a_time", "too_precise", "ambiguous_date", "too_long", "bad_text", "unknown_value"),
        *("contradiction", "time_order", "date_mismatch"),
    )
)
REPAIRS = frozenset(("null_word", "whole_float", "utc_offset", "midnight_date", "flag_from_time", "date_from_sent_at"))


class ContractError(ValueError):
    """The file is not a contract that this engine understands. Export it again, or update the engine."""


@dataclass(frozen=True)
class ContractColumn:
    name: str
    kind: Kind
    required: bool
    #: Unicode code points; None for kinds without a limit.
    max_length: int | None
    #: The accepted values after lower-casing; closed sets only.
    values: tuple[str, ...]


@dataclass(frozen=True)
class FlagRule:
    flag: str
    times: tuple[str, ...]


@dataclass(frozen=True)
class OrderRule:
    first: str
    last: str

    @property
    def columns(self) -> tuple[str, str]:
        return self.first, self.last


@dataclass(frozen=True)
class DateRule:
    date: str
    time: str


@dataclass(frozen=True)
class Contract:
    """The columns of a message and the rules for them."""

    table: str
    #: Column of the primary key.
    key: str
    #: Of two rows with the same key, the one with the greater value in this column is kept.
    version_column: str
    columns: tuple[ContractColumn, ...]
    flags: tuple[FlagRule, ...]
    orders: tuple[OrderRule, ...]
    dates: tuple[DateRule, ...]
    max_bytes: int
    #: Names of the headers of an unparsable line: the problem, the file, and the number of the line.
    unparsable_header: str
    file_header: str
    line_header: str
    year_from: int
    #: The first year that is not accepted.
    year_to: int
    #: In lower case.
    null_words: tuple[str, ...]
    #: The greatest whole number that a value with a decimal point may have.
    max_whole_float: int


def read_contract(path: Path) -> Contract:
    """Read `libs/schema/contract.json`.

    Raises ContractError if the file is not a valid contract, and OSError if it cannot be read.
    """
    try:
        return _contract(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, KeyError, TypeError) as error:
        raise ContractError(f"{path} is not a contract that this engine understands: {error!r}") from error


def _contract(document: Mapping[str, Any]) -> Contract:
    if document["version"] != VERSION:
        raise ValueError(f"version {document['version']}, expected {VERSION}")
    for key, known in (("reasons", REASONS), ("repairs", REPAIRS)):
        if set(document[key]) != known:
            raise ValueError(f"{key} differ in {sorted(set(document[key]) ^ known)}")
    for limit, held in (("maxDepth", MAX_DEPTH), ("maxKeyLength", MAX_KEY_LENGTH)):
        if document["record"][limit] != held:
            raise ValueError(f"{limit} is {document['record'][limit]}, expected {held}")
    (key,) = document["primaryKey"]
    contract = Contract(
        table=str(document["table"]),
        key=str(key),
        version_column=str(document["versionColumn"]),
        columns=tuple(_column(column) for column in document["columns"]),
        flags=tuple(FlagRule(rule["flag"], tuple(rule["times"])) for rule in document["flags"]),
        orders=tuple(OrderRule(rule["first"], rule["last"]) for rule in document["orders"]),
        dates=tuple(DateRule(rule["date"], rule["time"]) for rule in document["dates"]),
        max_bytes=int(document["record"]["maxBytes"]),
        unparsable_header=str(document["record"]["unparsableHeader"]),
        file_header=str(document["record"]["fileHeader"]),
        line_header=str(document["record"]["lineHeader"]),
        year_from=int(document["years"]["from"]),
        year_to=int(document["years"]["to"]),
        null_words=tuple(document["nullWords"]),
        max_whole_float=int(document["maxWholeFloat"]),
    )
    names = {column.name for column in contract.columns}
    used = {
        *[name for flag in contract.flags for name in (flag.flag, *flag.times)],
        *[name for order in contract.orders for name in (order.first, order.last)],
        *[name for rule in contract.dates for name in (rule.date, rule.time)],
    }
    if used - names:
        raise ValueError(f"rules name unknown columns: {sorted(used - names)}")
    return contract


def _column(column: Mapping[str, Any]) -> ContractColumn:
    kind = column["kind"]
    if kind not in get_args(Kind):
        raise ValueError(f"column {column['name']} has the unknown kind {kind}")
    if kind in ("text", "open_set") and "maxLength" not in column:
        raise ValueError(f"column {column['name']} has no maxLength")
    return ContractColumn(
        name=str(column["name"]),
        kind=cast(Kind, kind),
        required=bool(column.get("required", False)),
        max_length=column.get("maxLength"),
        values=tuple(column.get("values", ())),
    )
