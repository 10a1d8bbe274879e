"""Cleaning of Kafka records by the contract, as a chain of projections without any Python on the way of a row."""

from collections.abc import Iterable
from functools import reduce
from operator import and_, or_

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from messages_spark import record
from messages_spark.contract import Contract, ContractColumn
from messages_spark.values import canonical, trim_ascii, why_not

REASONS_TYPE = "array<struct<column:string,reason:string>>"
REPAIRS_TYPE = "array<struct<column:string,repair:string>>"
_RESULTS = ("kind", "reasons", "repairs", "unknown_fields")


def clean(records: DataFrame, contract: Contract) -> DataFrame:
    """Clean Kafka records.

    `records` has `key` and `value` (binary) and `headers` (array<struct<key:string,value:binary>>, may be null); these
    and further columns are kept. Added are

    - `kind`: `row`, `rejected` or `tombstone`,
    - one column for each of the contract, with its canonical text; null in what is not a row,
    - `reasons`: all of them, by column in the contract's order, then rules across columns; empty unless rejected,
    - `repairs`: what was mended, empty unless a row,
    - `unknown_fields`: how many fields of a row the contract does not know, else 0.

    Raises ValueError where a column of `records` has the name of one that is added.
    """
    names = [column.name for column in contract.columns]
    kept = records.columns
    taken = sorted({*names, *_RESULTS}.intersection(kept))
    if taken:
        raise ValueError(f"columns of these names are added, so the records cannot have them: {', '.join(taken)}")

    # Each step is a projection of its own, so that what several expressions use is worked out once.
    frame = records.select(*kept, _unreadable(contract).alias("_fault"))
    frame = frame.select(
        "*",
        F.when(F.col("value").isNotNull() & F.col("_fault").isNull(), record.rewritten(F.col("value"))).alias(
            "_document"
        ),
    )
    frame = frame.select("*", F.when(record.looks_like_object(F.col("_document")), F.col("_document")).alias("_object"))
    frame = frame.select("*", record.parsed(F.col("_object"), names).alias("_parsed"))
    frame = frame.select("*", record.record_of(F.col("_parsed")).alias("_record"))
    frame = frame.select(*kept, "_object", "_record", _record_fault().alias("_fault"))
    frame = _read_columns(frame, contract)
    frame = _apply_rules(frame, contract)

    is_row = F.col("kind") == "row"
    unknown = F.when(is_row, record.count_unknown(F.col("_object"), names)).otherwise(0)
    return frame.select(
        *kept,
        "kind",
        *[F.when(is_row, F.col(_final(name))).alias(name) for name in names],
        "reasons",
        F.when(is_row, F.col("_repairs")).otherwise(_none_of(REPAIRS_TYPE)).alias("repairs"),
        unknown.alias("unknown_fields"),
    )


def _unreadable(contract: Contract) -> Column:
    """Why the value is not even parsed."""
    value = F.col("value")
    marked = F.exists(F.col("headers"), lambda header: header["key"] == contract.unparsable_header)
    return (
        F.when(value.isNull(), F.lit(None))
        .when(F.coalesce(marked, F.lit(False)), "unparsable_line")
        .when(F.octet_length(value) > contract.max_bytes, "too_large")
        .when(~record.is_utf8(value), "not_json")
    )


def _record_fault() -> Column:
    """The reason that names the record as a whole; null for a tombstone."""
    return (
        F.when(F.col("value").isNull() | F.col("_fault").isNotNull(), F.col("_fault"))
        .when(F.col("_record").isNotNull(), F.lit(None))
        .when(F.col("_object").isNotNull(), "not_json")
        .when(record.is_json(F.col("_document")), "not_an_object")
        .otherwise("not_json")
    )


def _field(name: str) -> str:
    return f"_field_{name}"


def _text(name: str) -> str:
    return f"_text_{name}"


def _value(name: str) -> str:
    """Canonical text of a column that was accepted."""
    return f"_value_{name}"


def _reason(name: str) -> str:
    """Why a column was not accepted by itself."""
    return f"_reason_{name}"


def _final(name: str) -> str:
    """Canonical text after repairs."""
    return f"_final_{name}"


def _read_columns(frame: DataFrame, contract: Contract) -> DataFrame:
    """Add value and reason of every column, for records that are objects."""
    columns = contract.columns
    frame = frame.select(
        "*", *[record.field_text(F.col("_record"), column.name).alias(_field(column.name)) for column in columns]
    ).drop("_record")
    frame = frame.select("*", *[_trimmed(column).alias(_text(column.name)) for column in columns])
    frame = frame.select(
        "*", *[canonical(F.col(_text(column.name)), column, contract).alias(_value(column.name)) for column in columns]
    )
    frame = frame.select("*", *[_column_reason(column).alias(_reason(column.name)) for column in columns])
    return frame.drop(*[name(column.name) for column in columns for name in (_field, _text)])


def _trimmed(column: ContractColumn) -> Column:
    field = F.col(_field(column.name))
    return F.when(record.is_text(field), F.nullif(trim_ascii(record.unmarked(field)), F.lit("")))


def _column_reason(column: ContractColumn) -> Column:
    text = F.col(_text(column.name))
    absent = F.lit("missing" if column.required else None)
    return (
        F.when(
            F.col(_value(column.name)).isNotNull() | F.col("value").isNull() | F.col("_fault").isNotNull(), F.lit(None)
        )
        .when(~record.is_text(F.col(_field(column.name))), "not_a_scalar")
        .when(text.isNull(), absent)
        .otherwise(why_not(text, column))
    )


def _accepted(*names: str) -> Column:
    return reduce(and_, [F.col(_reason(name)).isNull() for name in names])


def _apply_rules(frame: DataFrame, contract: Contract) -> DataFrame:
    """Add `kind`, `reasons`, `_repairs` and the final values."""
    final = {column.name: F.col(_value(column.name)) for column in contract.columns}
    reasons = [
        F.when(F.col(_reason(column.name)).isNotNull(), _pair(column.name, "reason", F.col(_reason(column.name))))
        for column in contract.columns
    ]
    repairs = []

    for flag in contract.flags:
        value = F.col(_value(flag.flag))
        applies = _accepted(flag.flag, *flag.times)
        happened = reduce(or_, [F.col(_value(time)).isNotNull() for time in flag.times])
        mend = applies & value.isNull()
        final[flag.flag] = F.when(mend, F.when(happened, "t").otherwise("f")).otherwise(value)
        repairs.append(F.when(mend, _pair(flag.flag, "repair", F.lit("flag_from_time"))))
        contradicts = applies & (value == "f") & happened
        reasons.append(F.when(contradicts, _pair(flag.flag, "reason", F.lit("contradiction"))))
    for order in contract.orders:
        # Canonical times order like their texts; a rejected one is null.
        before = F.col(_value(order.last)) < F.col(_value(order.first))
        reasons.append(F.when(before, _pair(order.last, "reason", F.lit("time_order"))))
    for rule in contract.dates:
        value = F.col(_value(rule.date))
        day = F.col(_value(rule.time)).substr(1, 10)
        applies = _accepted(rule.date) & day.isNotNull()
        mend = applies & value.isNull()
        final[rule.date] = F.when(mend, day).otherwise(value)
        repairs.append(F.when(mend, _pair(rule.date, "repair", F.lit("date_from_sent_at"))))
        reasons.append(F.when(applies & (value != day), _pair(rule.date, "reason", F.lit("date_mismatch"))))

    whole = F.array(_pair(None, "reason", F.col("_fault"))).cast(REASONS_TYPE)
    found = F.when(F.col("_fault").isNotNull(), whole).otherwise(_present(reasons).cast(REASONS_TYPE))
    frame = frame.select(
        "*",
        F.when(F.col("value").isNull(), _none_of(REASONS_TYPE)).otherwise(found).alias("reasons"),
        _present(repairs).cast(REPAIRS_TYPE).alias("_repairs"),
        *[value.alias(_final(name)) for name, value in final.items()],
    )
    kind = F.when(F.col("value").isNull(), "tombstone").when(F.size("reasons") > 0, "rejected").otherwise("row")
    return frame.select("*", kind.alias("kind"))


def _pair(column: str | None, name: str, code: Column) -> Column:
    return F.struct(F.lit(column).cast("string").alias("column"), code.alias(name))


def _present(items: Iterable[Column]) -> Column:
    return F.array_compact(F.array(*items))


def _none_of(array_type: str) -> Column:
    return F.array().cast(array_type)
