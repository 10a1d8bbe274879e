"""Rules for single values: the canonical text of a trimmed text, or the reason for rejecting it."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from messages_spark.contract import Contract, ContractColumn

#: The white space of the contract. Spark's own trim removes only U+0020.
ASCII_SPACE = "\t\n\x0b\f\r "
_UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NUL = "\0"

# Java's $ also matches before a line end, so patterns end with \z.
_INTEGER = r"\A[+-]?[0-9]+\z"
_FLOAT = r"\A([+-]?[0-9]++)\.0*+\z"
# Many spreadsheets use a comma as the decimal point.
_EXPONENT = r"\A[+-]?(?:[0-9]++(?:[.,][0-9]*+)?+|[.,][0-9]++)[eE]\+?[0-9]++\z"
_BOOLEAN_FLOAT = r"\A([01])\.0*+\z"
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_DATE = rf"\A{_DAY}(?:[ Tt]00:00:00(?:\.0++)?+(?:[Zz]| ?(?:UTC|[+-]00(?::?00)?))?)?\z"
_OFFSET = r" ?(?:UTC|([+-](?:[01][0-9]|2[0-3]))(?::?([0-5][0-9]))?)"
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
# At most six digits of a fraction, and then only zeros.
_TIME = rf"\A{_DAY}[ Tt]{_CLOCK}(?:\.[0-9]{{1,6}}0*+)?+(?:[Zz]|{_OFFSET})?\z"
# More than six digits that are not only zeros.
_TOO_PRECISE = rf"\A{_DAY}[ Tt]{_CLOCK}\.[0-9]{{6}}0*+[1-9][0-9]*+(?:[Zz]|{_OFFSET})?\z"
_TIME_PARTS = r"\A(.{10}).(.{8})(?:(\.[0-9]*[1-9])0*|\.0+)?(?:[^0-9.].*)?\z"
_AMBIGUOUS = r"\A[0-9]{1,2}[/.-][0-9]{1,2}[/.-](?:[0-9]{4}|[0-9]{2})(?![0-9])"
_TRUE = ("t", "true", "1")
_FALSE = ("f", "false", "0")
_DAY_LENGTH = 10


def trim_ascii(text: Column) -> Column:
    return F.btrim(text, F.lit(ASCII_SPACE))


def lower_ascii(text: Column) -> Column:
    """Lower-case only A to Z, as engines differ on other letters."""
    return F.translate(text, _UPPER, _UPPER.lower())


def is_null_word(text: Column, contract: Contract) -> Column:
    short = F.length(text) <= max(map(len, contract.null_words))
    return short & lower_ascii(text).isin(*contract.null_words)


def _is_in_years(text: Column, contract: Contract) -> Column:
    return text.substr(1, 4).between(f"{contract.year_from:04}", f"{contract.year_to - 1:04}")


def _is_real_day(text: Column, contract: Contract) -> Column:
    """Whether the first ten characters, in the form of a date, are a real day in the contract's years."""
    return _is_in_years(text, contract) & text.substr(1, _DAY_LENGTH).try_cast("date").isNotNull()


def _in_utc(plain: Column, offset: Column, contract: Contract) -> Column:
    """The canonical text of a time with an offset such as +02:30 or +02:. No time zone of the session is involved."""
    ahead = F.overlay(F.lit("+00:00"), offset, F.lit(1)).try_cast("interval hour to minute")
    # The cast returns null if the day is not real.
    moment = (plain.try_cast("timestamp_ntz") - ahead).cast("string")
    return F.when(_is_in_years(moment, contract), moment)


def canonical(text: Column, column: ContractColumn, contract: Contract) -> Column:
    """The canonical text; null if the text is null, empty or not accepted."""
    match column.kind:
        case "integer":
            whole = F.regexp_extract(text, _FLOAT, 1).try_cast("bigint")
            is_exact = whole.between(-contract.max_whole_float, contract.max_whole_float)
            return F.when(text.rlike(_INTEGER), text.try_cast("bigint").cast("string")).when(
                text.rlike(_FLOAT), F.when(is_exact, whole.cast("string"))
            )
        case "boolean":
            lower = lower_ascii(text)
            return (
                F.when(lower.isin(*_TRUE), "t")
                .when(lower.isin(*_FALSE), "f")
                .when(text.rlike(_BOOLEAN_FLOAT), F.when(text.startswith("1"), "t").otherwise("f"))
            )
        case "date":
            return F.when(text.rlike(_DATE), F.when(_is_real_day(text, contract), text.substr(1, _DAY_LENGTH)))
        case "time":
            plain = F.regexp_replace(text, _TIME_PARTS, "$1 $2$3")
            offset = F.regexp_replace(text, _TIME, "$1:$2")
            return F.when(
                text.rlike(_TIME),
                F.when(offset != ":", _in_utc(plain, offset, contract)).when(_is_real_day(text, contract), plain),
            )
        case "text":
            return F.when(_is_good_text(text, column), text)
        case "open_set":
            return F.when(_is_good_text(text, column), lower_ascii(text))
        case "closed_set":
            lower = lower_ascii(text)
            return F.when(lower.isin(*column.values), lower)


def repair_of(text: Column, value: Column, column: ContractColumn) -> Column:
    """The repair that turned the text into the canonical `value`; null if none was needed."""
    match column.kind:
        case "integer" | "boolean":
            return F.when(F.contains(text, F.lit(".")), "whole_float")
        case "date":
            return F.when(text != value, "midnight_date")
        case "time":
            return F.when((text != value) & text.rlike(rf"{_CLOCK}[.0-9]*+{_OFFSET}\z"), "utc_offset")
        case _:
            return F.lit(None).cast("string")


def rejection_reason(text: Column, column: ContractColumn) -> Column:
    """The reason for rejecting a text that has no canonical form."""
    match column.kind:
        case "integer":
            return (
                F.when(text.rlike(_INTEGER), "out_of_range")
                .when(text.rlike(_FLOAT) | text.rlike(_EXPONENT), "lost_digits")
                .otherwise("not_an_integer")
            )
        case "boolean":
            return F.lit("not_a_boolean")
        case "date":
            return F.when(text.rlike(_AMBIGUOUS), "ambiguous_date").otherwise("not_a_date")
        case "time":
            return (
                F.when(text.rlike(_TOO_PRECISE), "too_precise")
                .when(text.rlike(_AMBIGUOUS), "ambiguous_date")
                .otherwise("not_a_time")
            )
        case "text" | "open_set":
            return F.when(F.contains(text, F.lit(_NUL)), "bad_text").otherwise("too_long")
        case "closed_set":
            return F.lit("unknown_value")


def _is_good_text(text: Column, column: ContractColumn) -> Column:
    if column.max_length is None:
        raise ValueError(f"the contract has no maxLength for column {column.name}")
    return F.length(text).between(1, column.max_length) & ~F.contains(text, F.lit(_NUL))
