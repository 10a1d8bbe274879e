"""The fast path of the cleaner: records that are canonical rows already, recognised by one regular expression.

Nearly all records of the producer, and nearly all lines of a message file, have canonical values that satisfy the rules
across columns. A regular expression made from the contract recognises them and returns the row as a line for COPY, at a
twentieth of the cost of `cleaning`. Records that do not match take the slow path, `cleaning`; they may still be valid.
"""

import re
from collections.abc import Callable, Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from messages_spark import record
from messages_spark.contract import Contract, ContractColumn

# Characters without a special meaning in JSON, CSV and COPY, and without spaces, so that there is nothing to trim.
_PLAIN = r"!#-+\--\[\]-~"
_PLAIN_WITHOUT_UPPER_CASE = r"!#-+\--@\[\]-~"
# 18 digits, or 19 digits below 9 * 10^18: always within bigint.
_INTEGER = "[1-8][0-9]{18}|[1-9][0-9]{0,17}+"
# 29 February takes the slow path.
_MONTH_AND_DAY = (
    "(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    "|02-(?:0[1-9]|1[0-9]|2[0-8]))"
)
_CLOCK = r" (?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{0,5}[1-9])?+"


def add_canonical_rows_of_records(frame: DataFrame, contract: Contract) -> DataFrame:
    """Add `canonical_row` for `value` (binary), if it is a JSON object in the producer's form.

    That form has only strings, in the contract's order, without white space between them and without empty ones.
    """
    first, *others = contract.columns
    if not first.required:
        raise ValueError(f"the pattern needs a required first column, and {first.name} is not required")
    members = [f'"{first.name}":"({_canonical(first, contract, _absent_members)})"']
    for column in others:
        member = f',"{column.name}":"({_canonical(column, contract, _absent_members)})"'
        members.append(member if _is_always_present(column, contract) else f"(?:{member})?+")
    text = F.when(~record.is_unparsable(F.col("headers"), contract), F.col("value").cast("string"))
    return _add_canonical_rows(frame, text, rf"\{{{''.join(members)}\}}", contract)


def add_canonical_rows_of_lines(frame: DataFrame, header: Sequence[str], contract: Contract) -> DataFrame:
    """Add `canonical_row` for `text`, a line of CSV, if the file has the contract's columns in the contract's order."""
    if list(header) != [column.name for column in contract.columns]:
        return frame.select("*", F.lit(None).cast("string").alias("canonical_row"))
    fields = []
    for column in contract.columns:
        canonical = _canonical(column, contract, _empty_fields)
        fields.append(f"({canonical})" if _is_always_present(column, contract) else f"({canonical}|)")
    return _add_canonical_rows(frame, F.col("text"), rf"{','.join(fields)}\r?", contract)


def _add_canonical_rows(frame: DataFrame, text: Column, pattern: str, contract: Contract) -> DataFrame:
    # A group that did not match becomes an empty field, which is null for COPY.
    groups = "\t".join(f"${position}" for position in range(1, len(contract.columns) + 1))
    kept = frame.columns
    frame = frame.select("*", F.regexp_replace(text, rf"\A{pattern}\z", f"{groups}\n").alias("_replaced"))
    # Text that does not match is unchanged, except that invalid UTF-8 becomes U+FFFD.
    is_canonical = (F.col("_replaced") != text) & F.is_valid_utf8(text)
    for rule in contract.orders:
        first, last = [_field("_replaced", _position(name, contract)) for name in rule.columns]
        # Canonical times order like their texts.
        is_canonical = is_canonical & ((last == "") | (first <= last))
    return frame.select(*kept, F.when(is_canonical, F.col("_replaced")).alias("canonical_row"))


def _field(line: str, position: int) -> Column:
    """A field of a line. Spark's split_part uses a regular expression, which costs ten times as much."""
    return F.substring_index(F.substring_index(line, "\t", position), "\t", -1)


def _position(name: str, contract: Contract) -> int:
    """The position of a column in the contract, from 1: the number of its group and of its field."""
    return [column.name for column in contract.columns].index(name) + 1


def _is_always_present(column: ContractColumn, contract: Contract) -> bool:
    """Whether every canonical row has the column. A missing flag takes the slow path, which fills it in."""
    return column.required or any(rule.flag == column.name for rule in contract.flags)


def _canonical(column: ContractColumn, contract: Contract, nothing_in: Callable[[tuple[str, ...]], str]) -> str:
    century, rest = divmod(contract.year_from, 100)
    if rest or contract.year_to != contract.year_from + 100:
        raise ValueError(f"the years {contract.year_from} to {contract.year_to} are not one century")
    day = f"{century}[0-9]{{2}}-{_MONTH_AND_DAY}"
    match column.kind:
        case "integer":
            return _INTEGER
        case "boolean":
            return f"t|f{nothing_in(_times_after(column, contract))}"
        case "date":
            return day
        case "time":
            of_its_day = next((rule.date for rule in contract.dates if rule.time == column.name), None)
            # The same day as in the date column.
            return (rf"\{_position(of_its_day, contract)}" if of_its_day else day) + _CLOCK
        case "text":
            return f"{_no_null_word(contract)}[{_PLAIN}]{{1,{column.max_length}}}+"
        case "open_set":
            return f"{_no_null_word(contract)}[{_PLAIN_WITHOUT_UPPER_CASE}]{{1,{column.max_length}}}+"
        case "closed_set":
            return "|".join(map(re.escape, column.values))


def _no_null_word(contract: Contract) -> str:
    words = "|".join(map(re.escape, contract.null_words))
    return f"(?!(?i:{words})(?![{_PLAIN}]))"


def _times_after(flag: ContractColumn, contract: Contract) -> tuple[str, ...]:
    """The times of a flag. They must be empty if the flag is f."""
    times = next((rule.times for rule in contract.flags if rule.flag == flag.name), ())
    at = _position(flag.name, contract)
    if times != tuple(column.name for column in contract.columns[at : at + len(times)]):
        raise ValueError(f"the pattern needs the times of {flag.name} right after it")
    return times


def _absent_members(names: tuple[str, ...]) -> str:
    members = "|".join(f'"{name}"' for name in names)
    return f'(?!",(?:{members}))' if names else ""


def _empty_fields(names: tuple[str, ...]) -> str:
    """A lookahead: the field is followed by its comma and by the commas of the empty fields after it."""
    return f"(?=,{{{len(names) + 1}}})" if names else ""
