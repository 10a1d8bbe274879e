"""Turns lines of message files into the records that the producer would send."""

import csv
from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from messages_spark.canonical_rows import add_canonical_rows_of_lines
from messages_spark.contract import Contract
from messages_spark.file_parts import HEAD_BYTES, SCHEMA, BrokenFileError, Part, PartReader, head_of
from messages_spark.files import FilesError, MessageFile
from messages_spark.record import is_utf8
from messages_spark.values import trim_ascii

# Java matches a possessive quantifier of a single character class in a loop, but a repeated group by recursion. So the
# group has a limit.
_FIELD = r'(?:"[^"]*+(?:""[^"]*+){0,1000}+"|[^",]*+)'
_ROWS_OF_A_PARTITION = 2**33 - 1


def read_header(file: MessageFile, contract: Contract) -> tuple[tuple[str, ...], int]:
    """The column names of a file, and the number of lines before its first row."""
    wanted = [column.name for column in contract.columns]
    expected = f"Expected a header line with the columns {','.join(wanted)} (any order)"
    try:
        start = head_of(file)
        head = start.split(b"\n")
        numbered = ((at, line.rstrip(b"\r")) for at, line in enumerate(head, start=1))
        number, found = next(((at, line) for at, line in numbered if line), (0, b""))
        text = found.decode("utf-8-sig", errors="surrogateescape")
        if "\r" in text:
            raise FilesError(f"{file.shown}: its lines end in CR alone; convert them (tr '\\r' '\\n')")
        if number == len(head) and len(start) >= HEAD_BYTES:
            raise FilesError(f"{file.shown}: its first {HEAD_BYTES} bytes have no header line. {expected}")
        names = tuple(name.strip() for name in next(csv.reader([text]), []))
    except (OSError, csv.Error, BrokenFileError) as error:
        raise FilesError(f"{file.shown}: {error}. {expected}") from error
    if number == 0:
        raise FilesError(f"{file.shown}: the file is empty. {expected}")
    if set(wanted) <= (lower := {name.lower(): name for name in names}).keys() and len(lower) == len(names):
        names = tuple(name.lower() for name in names)
    absent = [name for name in wanted if name not in names]
    if absent or len(set(names)) < len(names):
        problem = _why_no_header(text, absent, wanted) if absent else "the header names a column more than once"
        raise FilesError(f"{file.shown}: {problem}. {expected}")
    return names, number


def _why_no_header(text: str, absent: Sequence[str], wanted: Sequence[str]) -> str:
    """Say what is wrong with the first line without showing its values, which may be personal data."""
    if "\0" in text:
        return "it contains NUL bytes, like UTF-16; convert it (iconv -t UTF-8)"
    for separator, name in ((";", "semicolons"), ("\t", "tabs"), ("|", "vertical bars")):
        if set(wanted) <= {each.strip().strip('"') for each in text.split(separator)}:
            return f"its fields are separated by {name}; commas are expected"
    if text.lower().startswith("sep="):
        return "its first line names a separator; remove that line"
    if len(absent) == len(wanted):
        return "the first line is not a header: it names none of the columns"
    return f"the header lacks {', '.join(absent)}"


def records_of_files(
    spark: SparkSession, parts: Sequence[Part], header: Sequence[str], header_lines: int, contract: Contract
) -> DataFrame:
    """A record for each row of the parts, with the columns that `clean` needs, those of SOURCE, and `split`.

    A task reads one part of one file. So the offset of a row, its number within the task, is the same in every run.
    """
    each_alone = spark.range(0, len(parts), 1, len(parts))
    lines = each_alone.mapInArrow(PartReader(parts, header, header_lines), SCHEMA)
    frame = lines.withColumn("text", F.col("text").cast("string")).withColumn(
        "offset", F.monotonically_increasing_id().bitwiseAND(F.lit(_ROWS_OF_A_PARTITION))
    )
    is_header = (F.col("begins") == 0) & (F.col("offset") < header_lines)
    is_kept = ~is_header & ~F.col("text").isin("", "\r")
    frame = frame.where(F.col("end").isNotNull() | F.col("fault").isNotNull() | is_kept)
    frame = add_canonical_rows_of_lines(frame, header, contract)
    # The last piece of an over-long line may look like a row.
    frame = frame.withColumn("canonical_row", F.when(F.col("fault").isNull(), F.col("canonical_row")))

    # The rest is needed only for lines that are not canonical rows.
    frame = frame.select("*", F.when(F.col("canonical_row").isNull(), F.col("text")).alias("_line"))
    # regexp_replace would turn invalid UTF-8 into U+FFFD.
    without_cr = F.when(is_utf8(F.col("_line")), F.regexp_replace("_line", r"\r\z", "")).otherwise(F.col("_line"))
    frame = frame.withColumn("_line", without_cr)
    problem = F.coalesce(F.col("fault"), _why_unparsable(F.col("_line"), len(header)))
    frame = frame.select("*", problem.alias("_problem"))
    fields = F.regexp_extract_all(F.concat(F.lit(","), F.col("_line")), F.lit(f",({_FIELD})"), F.lit(1))
    frame = frame.select("*", F.when(F.col("_problem").isNull(), fields).alias("_fields"))
    members = [_unquoted(F.get(F.col("_fields"), F.lit(at))).alias(name) for at, name in enumerate(header)]
    wanted = [column.name for column in contract.columns]
    frame = frame.select("*", F.when(F.col("_fields").isNotNull(), F.struct(*members)).alias("_row"))
    # to_json omits nulls, as the producer omits empty fields.
    value = F.to_json(F.struct(*[F.col(f"_row.{name}").alias(name) for name in wanted]))
    key = F.nullif(trim_ascii(F.col(f"_row.{contract.key}")), F.lit(""))
    split = F.struct("file", F.col("part").cast("bigint").alias("part"), "end", "problem", "repeated_headers")
    return frame.select(
        F.concat(F.lit("file:"), F.col("label")).alias("topic"),
        F.col("part").alias("partition"),
        "offset",
        F.col("written").alias("timestamp"),
        F.when(F.col("_row").isNotNull(), key.cast("binary")).alias("key"),
        F.coalesce(F.when(F.col("_row").isNotNull(), value), F.col("_line")).cast("binary").alias("value"),
        F.when(F.col("_problem").isNotNull(), _headers(contract)).alias("headers"),
        split.alias("split"),
        "canonical_row",
    )


def _why_unparsable(line: Column, fields: int) -> Column:
    found = F.size(F.split(line, ",", -1))
    count = F.concat(found.cast("string"), F.lit(f" fields instead of {fields}"))
    return (
        F.when(line.isNull(), F.lit(None))
        .when(~is_utf8(line), "not valid UTF-8")
        .when(F.contains(line, F.lit('"')), _why_misquoted(line, fields))
        .when(found != fields, count)
    )


def _why_misquoted(line: Column, fields: int) -> Column:
    well_formed = F.concat(F.lit(","), line).rlike(rf"\A(?:,{_FIELD}){{{fields}}}\z")
    return F.when(~well_formed, f"quotes that do not pair within the line, or not {fields} fields")


def _unquoted(field: Column) -> Column:
    """A field without its quotes; null if it is empty."""
    inner = F.replace(field.substr(F.lit(2), F.length(field) - 2), F.lit('""'), F.lit('"'))
    return F.nullif(F.when(field.startswith('"'), inner).otherwise(field), F.lit(""))


def _headers(contract: Contract) -> Column:
    """The producer's headers for a line that does not parse. The line number counts from the start of the part."""
    begins = F.col("begins")
    number = (F.col("offset") + 1 - F.col("unended")).cast("string")
    place = F.when(begins == 0, number).otherwise(
        F.concat(number, F.lit(" of the part that begins at byte "), begins.cast("string"))
    )
    texts = {
        contract.unparsable_header: F.col("_problem"),
        contract.file_header: F.col("label"),
        contract.line_header: place,
    }
    return F.array(
        *[F.struct(F.lit(name).alias("key"), text.cast("binary").alias("value")) for name, text in texts.items()]
    )
