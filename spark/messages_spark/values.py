"""Readers of single values: from trimmed, non-empty text to the canonical text, or to the reason why there is none."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from messages_spark.contract import Contract, ContractColumn

#: The white space of the contract. Spark's own trim takes U+0020 alone.
ASCII_SPACE = "\t\n\x0b\f\r "
_UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NUL = "\0"

# Java's $ also matches before a line end, so patterns end with \z.
_INTEGER = r"\A[+-]?[0-9]+\z"
_DATE = r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\z"
_TIME = r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}[ T](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6})?Z?\z"
_TIME_PARTS = r"\A(.{10}).(.{8})(?:(\.[0-9]*[1-9])0*|\.0+)?Z?\z"
_TRUE = ("t", "true", "1")
_FALSE = ("f", "false", "0")


def trim_ascii(text: Column) -> Column:
    return F.btrim(text, F.lit(ASCII_SPACE))


def lower_ascii(text: Column) -> Column:
    """Lower-case A to Z alone: what engines make of other letters differs."""
    return F.translate(text, _UPPER, _UPPER.lower())


def _is_real_day(text: Column, contract: Contract) -> Column:
    """Whether the first ten characters, known to have the form of a date, are a day of the contract's years."""
    in_years = text.substr(1, 4).between(f"{contract.year_from:04}", f"{contract.year_to - 1:04}")
    return in_years & text.substr(1, 10).try_cast("date").isNotNull()


def canonical(text: Column, column: ContractColumn, contract: Contract) -> Column:
    """The canonical text, null where the text is not accepted. Null gives null."""
    match column.kind:
        case "integer":
            return F.when(text.rlike(_INTEGER), text.try_cast("bigint").cast("string"))
        case "boolean":
            lower = lower_ascii(text)
            return F.when(lower.isin(*_TRUE), "t").when(lower.isin(*_FALSE), "f")
        case "date":
            return F.when(text.rlike(_DATE), F.when(_is_real_day(text, contract), text))
        case "time":
            plain = F.regexp_replace(text, _TIME_PARTS, "$1 $2$3")
            return F.when(text.rlike(_TIME), F.when(_is_real_day(text, contract), plain))
        case "text":
            return F.when(_is_good_text(text, column), text)
        case "open_set":
            return F.when(_is_good_text(text, column), lower_ascii(text))
        case "closed_set":
            lower = lower_ascii(text)
            return F.when(lower.isin(*column.values), lower)


def why_not(text: Column, column: ContractColumn) -> Column:
    """The reason of a text that has no canonical one."""
    match column.kind:
        case "integer":
            return F.when(text.rlike(_INTEGER), "out_of_range").otherwise("not_an_integer")
        case "boolean":
            return F.lit("not_a_boolean")
        case "date":
            return F.lit("not_a_date")
        case "time":
            return F.lit("not_a_time")
        case "text" | "open_set":
            return F.when(F.contains(text, F.lit(_NUL)), "bad_text").otherwise("too_long")
        case "closed_set":
            return F.lit("unknown_value")


def _is_good_text(text: Column, column: ContractColumn) -> Column:
    if column.max_length is None:
        raise ValueError(f"the contract gives column {column.name} no maxLength")
    return (F.length(text) <= column.max_length) & ~F.contains(text, F.lit(_NUL))
