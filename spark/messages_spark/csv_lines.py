"""Lines of message files as the records that the producer would make of them."""

import csv
import gzip
from collections.abc import Sequence
from glob import glob
from pathlib import Path

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from messages_spark.contract import Contract
from messages_spark.record import is_utf8
from messages_spark.values import trim_ascii
from messages_spark.verbatim import add_verbatim_lines

_SUFFIXES = (".csv", ".csv.gz")
# Java's regular expressions run in loops through what can only match in one way; repeated groups they run through by
# recursion, so those have a bound.
_FIELD = r'(?:"[^"]*+(?:""[^"]*+){0,1000}+"|[^",]*+)'
_ROWS_OF_A_PARTITION = 2**33 - 1


class FilesError(ValueError):
    """The files cannot be read as message files; says which and what to do."""


def find_files(patterns: Sequence[str]) -> list[Path]:
    """The message files that paths and patterns name, each once."""
    found: dict[Path, None] = {}
    for pattern in patterns:
        is_pattern = any(letter in pattern for letter in "*?[")
        matches = sorted(glob(pattern)) if is_pattern else [pattern]  # noqa: PTH207 (Path.glob takes no absolute one)
        files = [Path(match).resolve() for match in matches if match.endswith(_SUFFIXES)]
        if not files:
            raise FilesError(f"{pattern}: no .csv or .csv.gz file. Give a file, or a pattern in quotes")
        for file in files:
            if not file.is_file():
                raise FilesError(f"{file} is not a file that can be read here. Executors need it at the same path, too")
            found[file] = None
    return list(found)


def read_header(file: Path, contract: Contract) -> tuple[tuple[str, ...], int]:
    """The column names of a file, and how many lines go by until its first row."""
    expected = (
        f"Expected a header line with the columns {','.join(column.name for column in contract.columns)} (any order)"
    )
    open_text = gzip.open if file.suffix == ".gz" else open
    try:
        with open_text(file, "rt", encoding="utf-8-sig", errors="surrogateescape", newline="\n") as lines:
            numbered = ((number, line.rstrip("\r\n")) for number, line in enumerate(lines, start=1))
            number, text = next((found for found in numbered if found[1]), (0, ""))
        names = tuple(name.strip() for name in next(csv.reader([text])))
    except (OSError, csv.Error) as error:
        raise FilesError(f"{file}: {error}. {expected}") from error
    if number == 0:
        raise FilesError(f"{file}: the file is empty. {expected}")
    absent = [column.name for column in contract.columns if column.name not in names]
    if absent or len(set(names)) < len(names):
        problem = f"the header lacks {', '.join(absent)}" if absent else "the header names a column more than once"
        raise FilesError(f"{file}: {problem}. {expected}")
    return names, number


def records_of_files(
    spark: SparkSession, files: Sequence[Path], header: Sequence[str], header_lines: int, contract: Contract
) -> DataFrame:
    """A record for each row of the files, with the columns that `clean` needs, those of SOURCE, and `split`.

    A task reads one part of one file, as `spark.sql.files.openCostInBytes` is as large as `maxPartitionBytes`. So a
    row's number in its task, which is the offset, is always the same.
    """
    kept = ("file_path", "file_name", "file_size", "file_modification_time", "file_block_start")
    lines = spark.read.option("lineSep", "\n").text([str(file) for file in files])
    frame = lines.select(
        F.col("value").alias("text"),
        *[F.col(f"_metadata.{name}").alias(name) for name in kept],
        F.monotonically_increasing_id().bitwiseAND(F.lit(_ROWS_OF_A_PARTITION)).alias("offset"),
    )
    is_header = (F.col("file_block_start") == 0) & (F.col("offset") < header_lines)
    frame = frame.where(~is_header & ~F.col("text").isin("", "\r"))
    frame = add_verbatim_lines(frame, header, contract)

    # The rest only for lines that are not verbatim.
    frame = frame.select("*", F.when(F.col("verbatim").isNull(), F.col("text")).alias("_line"))
    # Of bytes that are no UTF-8 the replacement would make U+FFFD.
    without_cr = F.when(is_utf8(F.col("_line")), F.regexp_replace("_line", r"\r\z", "")).otherwise(F.col("_line"))
    frame = frame.withColumn("_line", without_cr)
    frame = frame.select("*", _why_unparsable(F.col("_line"), len(header)).alias("_problem"))
    fields = F.regexp_extract_all(F.concat(F.lit(","), F.col("_line")), F.lit(f",({_FIELD})"), F.lit(1))
    frame = frame.select("*", F.when(F.col("_problem").isNull(), fields).alias("_fields"))
    members = [_unquoted(F.get(F.col("_fields"), F.lit(at))).alias(name) for at, name in enumerate(header)]
    wanted = [column.name for column in contract.columns]
    frame = frame.select("*", F.when(F.col("_fields").isNotNull(), F.struct(*members)).alias("_row"))
    # to_json leaves out what is null, as the producer leaves out what is empty.
    value = F.to_json(F.struct(*[F.col(f"_row.{name}").alias(name) for name in wanted]))
    key = F.nullif(trim_ascii(F.col(f"_row.{contract.key}")), F.lit(""))
    file_hash = F.xxhash64("file_path", "file_size", "file_modification_time", F.lit(_split_bytes(spark)))
    part = (F.col("file_block_start") / _split_bytes(spark)).cast("int")
    return frame.select(
        F.concat(F.lit("file:"), F.col("file_name")).alias("topic"),
        part.alias("partition"),
        "offset",
        F.col("file_modification_time").alias("timestamp"),
        F.when(F.col("_row").isNotNull(), key.cast("binary")).alias("key"),
        F.coalesce(F.when(F.col("_row").isNotNull(), value), F.col("_line")).cast("binary").alias("value"),
        F.when(F.col("_problem").isNotNull(), _headers(contract)).alias("headers"),
        F.struct(file_hash.alias("file"), part.alias("part")).alias("split"),
        "verbatim",
    )


def _split_bytes(spark: SparkSession) -> int:
    return int(str(spark.conf.get("spark.sql.files.maxPartitionBytes")).removesuffix("b"))


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
    """A field without its quotes; null where it is empty."""
    inner = F.replace(field.substr(F.lit(2), F.length(field) - 2), F.lit('""'), F.lit('"'))
    return F.nullif(F.when(field.startswith('"'), inner).otherwise(field), F.lit(""))


def _headers(contract: Contract) -> Column:
    """What the producer says of a line that does not parse; the line is counted from the beginning of its part."""
    begins = F.col("file_block_start")
    number = (F.col("offset") + 1).cast("string")
    place = F.when(begins == 0, number).otherwise(
        F.concat(number, F.lit(" of the part that begins at byte "), begins.cast("string"))
    )
    texts = {
        contract.unparsable_header: F.col("_problem"),
        contract.file_header: F.col("file_name"),
        contract.line_header: place,
    }
    return F.array(
        *[F.struct(F.lit(name).alias("key"), text.cast("binary").alias("value")) for name, text in texts.items()]
    )
