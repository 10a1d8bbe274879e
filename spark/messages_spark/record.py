"""From the bytes of a Kafka value to the texts of its fields, in Catalyst expressions alone.

Spark's JSON reader is more lenient than RFC 8259, and it rounds numbers. So the text is rewritten first. The rewriting
keeps valid JSON valid and invalid JSON invalid:

- `\\\\` and `\\"` become `\\u005c` and `\\u0022`. After that, every backslash starts an escape and every quotation mark
  starts or ends a string, so simple patterns find strings of any length without recursion.
- An escaped lone surrogate becomes an escaped NUL. Spark would turn the surrogate into `?`. It keeps the NUL, which the
  contract rejects just as it rejects the surrogate.
- Every string gets a leading MARK. Every bare number and boolean becomes a string with a MARK, and so keeps its digits.
  Arrays and objects have no mark, which distinguishes them from a text that looks like one.
- The value becomes the first element of an array, followed by a sentinel. The sentinel's key has no mark, so nothing in
  the value can imitate it. The value is a single document with nothing after it only if the array has exactly these two
  elements.
- The array is inside an object, because Spark reports a fault only beside the fields of an object. Otherwise it would
  read a field with a broken escape as null and continue.
"""

import re
from collections.abc import Sequence

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, DataType, StringType, StructField, StructType

from messages_spark.contract import MAX_DEPTH, Contract

MARK = "="
# Field names in the rewritten text start with the mark, so none of them equals these.
_SENTINEL = "end"
_ELEMENTS = "elements"
_CORRUPT = "corrupt"
_OPENING = f'{{"{_ELEMENTS}":'
_CLOSING = f'{{"{_SENTINEL}":""}}]}}'

_JSON_SPACE = r"[ \t\n\r]"
_HIGH = r"\\u[dD][89abAB][0-9a-fA-F]{2}"
_LOW = r"\\u[dD][c-fC-F][0-9a-fA-F]{2}"
_LONE_HIGH = rf"{_HIGH}(?!{_LOW})"
_LONE_LOW = rf"(?<!{_HIGH}){_LOW}"
_NUMBER = r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+(?:[eE][+-]?[0-9]++)?+"
# A literal matches only where a value may be and not before a colon, or an invalid record would become valid.
_SCALAR = rf'"([^"]*+)"|(?<=[\[,: \t\n\r])({_NUMBER}|true|false)(?={_JSON_SPACE}*+[,\]}}])'

_OPTIONS = {
    "mode": "PERMISSIVE",
    "columnNameOfCorruptRecord": _CORRUPT,
    "allowSingleQuotes": "false",
    "allowNonNumericNumbers": "false",
    "allowNumericLeadingZeros": "false",
    "allowUnquotedFieldNames": "false",
    "allowUnquotedControlChars": "false",
    "allowBackslashEscapingAnyCharacter": "false",
    "allowComments": "false",
    "maxNestingDepth": str(MAX_DEPTH + len("{[")),
}


def is_unparsable(headers: Column, contract: Contract) -> Column:
    """Whether a header marks the value as a line that is not a CSV record."""
    return F.coalesce(F.exists(headers, lambda header: header["key"] == contract.unparsable_header), F.lit(False))


def is_utf8(value: Column) -> Column:
    """Whether the bytes are valid UTF-8. Spark's JSON reader would replace invalid ones by U+FFFD."""
    return F.is_valid_utf8(value.cast("string"))


def rewritten(value: Column) -> Column:
    """The rewritten value with its wrapping. `value` must be valid UTF-8."""
    text = F.replace(value.cast("string"), F.lit("\\\\"), F.lit("\\u005c"))
    text = F.replace(text, F.lit('\\"'), F.lit("\\u0022"))
    text = F.regexp_replace(text, _LONE_HIGH, r"\\u0000")
    text = F.regexp_replace(text, _LONE_LOW, r"\\u0000")
    # The wrapping comes last: a value that ends inside a string must not swallow the sentinel's quotation mark.
    marked = F.regexp_replace(F.concat(F.lit("["), text, F.lit(",")), _SCALAR, f'"{MARK}$1$2"')
    return F.concat(F.lit(_OPENING), marked, F.lit(_CLOSING))


def looks_like_object(document: Column) -> Column:
    return document.rlike(rf"\A{re.escape(_OPENING)}\[{_JSON_SPACE}*+\{{")


def parsed(document: Column, names: Sequence[str]) -> Column:
    """The document, with structs of marked texts as elements. The last of several equal keys wins."""
    fields = [StructField(MARK + name, StringType()) for name in names]
    return _parsed(document, StructType([*fields, StructField(_SENTINEL, StringType())]))


def _parsed(document: Column, element: DataType) -> Column:
    schema = StructType([StructField(_ELEMENTS, ArrayType(element)), StructField(_CORRUPT, StringType())])
    return F.from_json(document, schema, _OPTIONS)


def record_of(document: Column) -> Column:
    """The struct of the object in the document; null if the value is not exactly one JSON document."""
    elements = document.getField(_ELEMENTS)
    ends = F.get(elements, F.lit(1)).getField(_SENTINEL).isNotNull()
    return F.when(_is_sound(document) & ends, F.get(elements, F.lit(0)))


def is_json(document: Column) -> Column:
    """Whether the value is exactly one JSON document, of any type."""
    texts = _parsed(document, StringType())
    ends = F.get(texts.getField(_ELEMENTS), F.lit(1)).startswith(f'{{"{_SENTINEL}"')
    return F.coalesce(_is_sound(texts) & ends, F.lit(False))


def _is_sound(document: Column) -> Column:
    return document.getField(_CORRUPT).isNull() & (F.size(document.getField(_ELEMENTS)) == 2)


def count_unknown(document: Column, names: Sequence[str]) -> Column:
    """How many distinct keys of the object are not in `names`; 0 if the reader fails on the keys."""
    known = F.array(*[F.lit(MARK + name) for name in names])
    # json_object_keys would be cheaper. But its reader caches names for the life of the process: after some hundred
    # names with the same hash value it fails on valid records, and the job with it. from_json returns null then.
    text = document.substr(len(_OPENING) + len("[") + 1, 2**31 - 1)
    keys = F.map_keys(F.from_json(text, "map<string,string>", _OPTIONS))
    return F.coalesce(F.size(F.array_except(keys, known)), F.lit(0))


def field_text(record: Column, name: str) -> Column:
    return record.getField(MARK + name)


def is_text(field: Column) -> Column:
    """Whether a field that is present is a string, number or boolean, not an array or object."""
    return field.startswith(MARK)


def unmarked(field: Column) -> Column:
    return field.substr(len(MARK) + 1, 2**31 - 1)
