"""Cleans Kafka records by the contract, as a chain of projections. No row passes through Python."""

from collections.abc import Callable, Iterable
from functools import reduce
from operator import and_, or_

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from messages_spark import record
from messages_spark.contract import Contract, ContractColumn
from messages_spark.values import canonical, is_null_word, rejection_reason, repair_of, trim_ascii

REASONS_TYPE = "array<struct<column:string,reason:string>>"
REPAIRS_TYPE = "array<string>"
_RESULTS = ("kind", "line", "reasons", "repairs", "unknown_fields")


def clean(records: DataFrame, contract: Contract) -> DataFrame:
    """Clean records.

    `records` has `key` and `value` (binary), `headers` (array<struct<key:string,value:binary>>, may be null) and
    `canonical_row` (string): the row where `messages_spark.canonical_rows` has recognised one, null where the record
    is cleaned here. Every column but `canonical_row` is kept. Added are

    - `kind`: `row`, `rejected` or `tombstone`,
    - `line`: for a row, the canonical texts of all columns as a line of COPY's text format with NULL '',
    - `reasons`: for a rejected record, all reasons: columns in the contract's order, then rules across columns,
    - `repairs`: for a row, the repairs, each as rule and column separated by a space,
    - `unknown_fields`: for a row, how many of its fields the contract does not know, else 0.

    Raises ValueError if `records` already has a column with one of these names.
    """
    names = [column.name for column in contract.columns]
    kept = [name for name in records.columns if name != "canonical_row"]
    taken = sorted(set(_RESULTS).intersection(kept))
    if taken:
        raise ValueError(f"the records must not have columns with the names of the results: {', '.join(taken)}")

    # Each step is a separate projection, so that a shared expression is computed once. Nulls pass through the steps at
    # hardly any cost, so `_value` is null for a record that has a canonical row already.
    frame = records.select("*", F.when(F.col("canonical_row").isNull(), F.col("value")).alias("_value"))
    frame = frame.select("*", _unreadable(contract).alias("_fault"))
    readable = F.col("_value").isNotNull() & F.col("_fault").isNull()
    frame = frame.select("*", F.when(readable, record.rewritten(F.col("_value"))).alias("_document"))
    frame = frame.select("*", F.when(record.looks_like_object(F.col("_document")), F.col("_document")).alias("_object"))
    frame = frame.select("*", record.parsed(F.col("_object"), names).alias("_parsed"))
    frame = frame.select("*", record.record_of(F.col("_parsed")).alias("_record"))
    frame = frame.select(*kept, "canonical_row", "_value", "_object", "_record", _record_fault().alias("_fault"))
    frame = _read_columns(frame, contract)
    frame = _apply_rules(frame, contract)

    is_judged_row = F.col("_kind") == "row"
    unknown = F.when(is_judged_row, record.count_unknown(F.col("_object"), names)).otherwise(0)
    return frame.select(
        *kept,
        F.when(F.col("canonical_row").isNotNull(), "row").otherwise(F.col("_kind")).alias("kind"),
        F.coalesce(F.col("canonical_row"), F.when(is_judged_row, _line(contract))).alias("line"),
        "reasons",
        F.when(is_judged_row, F.col("_repairs")).otherwise(_none_of(REPAIRS_TYPE)).alias("repairs"),
        unknown.alias("unknown_fields"),
    )


def _line(contract: Contract) -> Column:
    """All columns as a line for COPY. A clean value is never empty, so an empty field always means null."""
    return F.concat(
        F.concat_ws("\t", *[F.coalesce(_copied(column), F.lit("")) for column in contract.columns]), F.lit("\n")
    )


def _copied(column: ContractColumn) -> Column:
    text = _final(column.name)
    if column.kind not in ("text", "open_set"):
        return text
    escaped = F.replace(text, F.lit("\\"), F.lit("\\\\"))
    for character, letter in (("\t", "t"), ("\n", "n"), ("\r", "r")):
        escaped = F.replace(escaped, F.lit(character), F.lit(f"\\{letter}"))
    return escaped


def _unreadable(contract: Contract) -> Column:
    """Why the value cannot be parsed; null if it can."""
    value = F.col("_value")
    return (
        F.when(value.isNull(), F.lit(None))
        .when(record.is_unparsable(F.col("headers"), contract), "unparsable_line")
        .when(F.octet_length(value) > contract.max_bytes, "too_large")
        .when(~record.is_utf8(value), "not_json")
    )


def _record_fault() -> Column:
    """The reason for rejecting the record as a whole; null for a tombstone."""
    return (
        F.when(F.col("_value").isNull() | F.col("_fault").isNotNull(), F.col("_fault"))
        .when(F.col("_record").isNotNull(), F.lit(None))
        .when(F.col("_object").isNotNull(), "not_json")
        .when(record.is_json(F.col("_document")), "not_an_object")
        .otherwise("not_json")
    )


# The values of all columns are in structs, which are null where there is nothing to clean. As separate columns there
# would be about a hundred, and Spark copies every column from step to step, even if it is null.


def _for_each_column(there: Column, contract: Contract, of: Callable[[ContractColumn], Column]) -> Column:
    return F.when(there, F.struct(*[of(column).alias(column.name) for column in contract.columns]))


def _text(name: str) -> Column:
    """Trimmed text of a field; null if it is absent, empty or not a scalar. Only a null word becomes an empty text."""
    return F.col(f"_texts.{name}")


def _value_of(name: str) -> Column:
    """Canonical text of an accepted column."""
    return F.col(f"_values.{name}")


def _reason(name: str) -> Column:
    """Why the value of a column was rejected, regardless of other columns."""
    return F.col(f"_rejections.{name}")


def _repair(name: str) -> Column:
    """The repair of a column, regardless of other columns."""
    return F.col(f"_repaired.{name}")


def _final(name: str) -> Column:
    """Canonical text after repairs."""
    return F.col(f"_final.{name}")


def _read_columns(frame: DataFrame, contract: Contract) -> DataFrame:
    """Add the value and the reason of every column, for records that are objects."""
    there = F.col("_record").isNotNull()

    def trimmed(column: ContractColumn) -> Column:
        field = record.field_text(F.col("_record"), column.name)
        return F.when(record.is_text(field), F.nullif(trim_ascii(record.unmarked(field)), F.lit("")))

    def without_null_word(column: ContractColumn) -> Column:
        text = _text(column.name)
        return F.when(is_null_word(text, contract), "").otherwise(text)

    def mended(column: ContractColumn) -> Column:
        text, value = _text(column.name), _value_of(column.name)
        return F.when(value.isNotNull(), repair_of(text, value, column)).when(text == "", "null_word")

    def why(column: ContractColumn) -> Column:
        absent = F.lit("missing" if column.required else None)
        return (
            F.when(_value_of(column.name).isNotNull(), F.lit(None))
            .when(~record.is_text(record.field_text(F.col("_record"), column.name)), "not_a_scalar")
            .when(F.coalesce(_text(column.name), F.lit("")) == "", absent)
            .otherwise(rejection_reason(_text(column.name), column))
        )

    frame = frame.select("*", _for_each_column(there, contract, trimmed).alias("_texts"))
    frame = frame.select(
        *[name for name in frame.columns if name != "_texts"],
        _for_each_column(there, contract, without_null_word).alias("_texts"),
    )
    frame = frame.select(
        "*",
        _for_each_column(there, contract, lambda column: canonical(_text(column.name), column, contract)).alias(
            "_values"
        ),
    )
    return frame.select(
        "*",
        _for_each_column(there, contract, why).alias("_rejections"),
        _for_each_column(there, contract, mended).alias("_repaired"),
    ).drop("_record", "_texts")


def _accepted(*names: str) -> Column:
    return reduce(and_, [_reason(name).isNull() for name in names])


def _apply_rules(frame: DataFrame, contract: Contract) -> DataFrame:
    """Add `_kind`, `reasons`, `_repairs` and the final values."""
    final = {column.name: _value_of(column.name) for column in contract.columns}
    reasons = [
        F.when(_reason(column.name).isNotNull(), _reason_of(column.name, _reason(column.name)))
        for column in contract.columns
    ]
    repairs = [
        F.when(_repair(column.name).isNotNull(), F.concat_ws(" ", _repair(column.name), F.lit(column.name)))
        for column in contract.columns
    ]

    for flag in contract.flags:
        value = _value_of(flag.flag)
        applies = _accepted(flag.flag, *flag.times)
        happened = reduce(or_, [_value_of(time).isNotNull() for time in flag.times])
        mend = applies & value.isNull()
        final[flag.flag] = F.when(mend, F.when(happened, "t").otherwise("f")).otherwise(value)
        repairs.append(F.when(mend, F.lit(f"flag_from_time {flag.flag}")))
        contradicts = applies & (value == "f") & happened
        reasons.append(F.when(contradicts, _reason_of(flag.flag, "contradiction")))
    for order in contract.orders:
        # Canonical times order like their texts; a rejected one is null.
        before = _value_of(order.last) < _value_of(order.first)
        reasons.append(F.when(before, _reason_of(order.last, "time_order")))
    for rule in contract.dates:
        value = _value_of(rule.date)
        day = _value_of(rule.time).substr(1, 10)
        applies = _accepted(rule.date) & day.isNotNull()
        mend = applies & value.isNull()
        final[rule.date] = F.when(mend, day).otherwise(value)
        repairs.append(F.when(mend, F.lit(f"date_from_sent_at {rule.date}")))
        reasons.append(F.when(applies & (value != day), _reason_of(rule.date, "date_mismatch")))

    is_object = F.col("_values").isNotNull()
    whole = F.array(_reason_of(None, F.col("_fault"))).cast(REASONS_TYPE)
    frame = frame.select(
        "*",
        F.when(F.col("_fault").isNotNull(), whole)
        .when(is_object, _present(reasons).cast(REASONS_TYPE))
        .otherwise(_none_of(REASONS_TYPE))
        .alias("reasons"),
        F.when(is_object, _present(repairs)).alias("_repairs"),
        _for_each_column(is_object, contract, lambda column: final[column.name]).alias("_final"),
    ).drop("_values", "_rejections", "_repaired")
    kind = F.when(F.col("_value").isNull(), "tombstone").when(F.size("reasons") > 0, "rejected").otherwise("row")
    return frame.select("*", kind.alias("_kind"))


def _reason_of(column: str | None, code: str | Column) -> Column:
    code = F.lit(code) if isinstance(code, str) else code
    return F.struct(F.lit(column).cast("string").alias("column"), code.alias("reason"))


def _present(items: Iterable[Column]) -> Column:
    return F.array_compact(F.array(*items))


def _none_of(array_type: str) -> Column:
    return F.array().cast(array_type)
