"""Writing to the mart, on the executors: each task its own rows, on its own connection, in one transaction.

Every write keeps the greatest version of a row (docs/adr/0002), so it does no harm that Spark repeats tasks and
micro-batches, and no task waits for another. What was written is counted in the same transaction: see `spark_writes`.
"""

import json
import time
from base64 import b64decode
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, LiteralString
from uuid import UUID

import psycopg
import pyarrow as pa
import pyarrow.compute as pc
from psycopg.errors import DataError, IntegrityError
from pyspark import TaskContext
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from messages_spark.contract import Contract
from messages_spark.latency import latency_of
from messages_spark.session import connect, make_settings

#: Where a record stands in its source, with its bytes. Of a line of a file: the file, its part, the line in that part.
SOURCE = ("topic", "partition", "offset", "timestamp", "key", "value", "headers")

_STAGED = "pg_temp.staged_messages"
# So many lines that a piece has some 64 KB: PostgreSQL reads a piece whole before it begins with it.
_PIECE_LINES = 256
#: Of a line of a file: a hash of the file's path, size and time, and which part of it.
_SPLIT = ("file", "part")
_REFUSED = json.dumps([{"column": None, "reason": "rejected_by_database"}])
_SELECT_WRITE = "SELECT 1 FROM public.spark_writes WHERE query_id = %s AND batch_id = %s AND partition_id = %s"
_MOST_QUARANTINED_AT_ONCE = 500
#: Of Written.
_COUNTERS = ("quarantined", "repaired", "latency", "query_ids")


@dataclass
class Written:
    """What a task, or all tasks of a micro-batch, came to."""

    records: int = 0
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    tombstones: int = 0
    unknown_fields: int = 0
    #: Records newly in quarantine, by reason; a record with several counts for each.
    quarantined: Counter[str] = field(default_factory=Counter)
    #: Values filled in, by rule and column.
    repaired: Counter[str] = field(default_factory=Counter)
    #: Summed over the tasks: sending rows to the database, and the database merging them.
    copy_seconds: float = 0
    merge_seconds: float = 0
    #: Records by bucket of their age at the commit, and the sum of their ages; where it was asked for.
    latency: Counter[str] = field(default_factory=Counter)
    latency_seconds: float = 0
    #: Tasks that wrote nothing: the database refused a row, or an earlier run of a backfill wrote it all.
    refused: int = 0
    done_before: int = 0
    #: Under which ids of spark_writes this was counted, and how many writes.
    query_ids: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Written") -> None:
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)

    def to_json(self) -> str:
        return json.dumps(vars(self))

    @classmethod
    def from_json(cls, text: str) -> "Written":
        values = json.loads(text)
        return cls(**{**values, **{name: Counter(values[name]) for name in _COUNTERS}})


class Mart:
    """The tables that the job writes to."""

    def __init__(self, contract: Contract, database_url: str, statement_timeout_ms: int) -> None:
        self._statements = _Statements(contract)
        self._database_url = database_url
        # A merge that joins otherwise than by the primary key would read all of messages.
        by_key_alone = {"enable_hashjoin": "off", "enable_mergejoin": "off"}
        # Between two statements a task waits for Spark to clean its next rows.
        patience = {"idle_in_transaction_session_timeout": "2min"}
        own = {"statement_timeout": str(statement_timeout_ms), **by_key_alone, **patience}
        self._settings = make_settings(own)

    def write(self, cleaned: DataFrame, batch_id: int, observe_latency: bool = False) -> Written:
        """Write what `messages_spark.cleaning.clean` gave, with the columns of SOURCE, and count it.

        `observe_latency` asks for the ages of the records, where `timestamp` says when they were produced. Where the
        database refuses a row that the contract accepts, the others are written and that one is quarantined.
        """
        written = self._run(cleaned, batch_id, observe_latency, careful=False)
        if written.refused:
            # Only now the rows' records are needed, which would be twice the bytes to hand over. Tasks that have
            # written find their rows there.
            written.refused = 0
            written.add(self._run(cleaned, batch_id, observe_latency, careful=True))
        return written

    def _run(self, cleaned: DataFrame, batch_id: int, observe_latency: bool, careful: bool) -> Written:
        task = _Task(self._statements, self._database_url, self._settings, batch_id, careful)
        written = Written()
        given = cleaned.select(*_handed_over(cleaned, observe_latency, careful))
        for row in given.mapInArrow(task, "written string").collect():
            written.add(Written.from_json(row["written"]))
        return written

    def forget_old_writes(self) -> None:
        """Only recent ones can be repeated, and the table must not grow for ever."""
        self._execute("DELETE FROM public.spark_writes WHERE written_at < now() - interval '3 days'")

    def forget_writes(self, query_ids: Sequence[str]) -> None:
        """Of a backfill that is done, so that the next one of the same file writes all of it."""
        self._execute("DELETE FROM public.spark_writes WHERE query_id = ANY (%s::uuid[])", query_ids)

    def _execute(self, statement: LiteralString, *values: object) -> None:
        with connect(self._database_url) as connection, connection.transaction():
            connection.execute(self._settings)
            connection.execute(statement, values)


def _handed_over(cleaned: DataFrame, observe_latency: bool, careful: bool) -> list[Column]:
    """The columns that a task gets: for rows nothing but the line, as bytes of it go straight to the database.

    Lists and structs go as text. Spark measures a batch anew with each row, which for a vector of lists means to go
    through all of it: that was more than half of all the time.
    """
    is_rejected = F.col("kind") == "rejected"
    of_split = {name: F.col(f"split.{name}") if "split" in cleaned.columns else F.lit(None) for name in _SPLIT}
    source = {name: F.col(name) for name in SOURCE if name != "headers"} | {"headers": F.to_json("headers")}
    return [
        F.col("line"),
        (F.col("kind") == "tombstone").alias("tombstone"),
        F.array_join("repairs", ",").alias("repairs"),
        F.col("unknown_fields"),
        (F.unix_millis("timestamp") if observe_latency else F.lit(None).cast("bigint")).alias("produced"),
        *[column.cast("bigint").alias(name) for name, column in of_split.items()],
        *[(column if careful else F.when(is_rejected, column)).alias(name) for name, column in source.items()],
        F.when(is_rejected, F.to_json("reasons", {"ignoreNullFields": "false"})).alias("reasons"),
    ]


class _Statements:
    """SQL that the contract names tables and columns for."""

    def __init__(self, contract: Contract) -> None:
        names = [column.name for column in contract.columns]
        columns = ", ".join(names)
        table, key, version = f"public.{contract.table}", contract.key, contract.version_column
        changing = ", ".join(f"{name} = excluded.{name}" for name in names if name != key)
        # Each session has its own.
        self.create_staged = f"CREATE TEMPORARY TABLE IF NOT EXISTS {_STAGED} (LIKE {table}) ON COMMIT DELETE ROWS"
        self.copy_staged = f"COPY {_STAGED} ({columns}) FROM STDIN WITH (NULL '')"
        self.delete_staged = f"DELETE FROM {_STAGED}"
        # Of rows with the same id the newest, of equal ones the first. In the order of the ids, so that concurrent
        # writers lock rows in the same order. What is stored already is left out before, because ON CONFLICT locks, and
        # so rewrites, also the rows that it does not change.
        self.merge_staged = f"""
            WITH newest AS (
              SELECT DISTINCT ON ({key}) {columns} FROM {_STAGED} ORDER BY {key}, {version} DESC, ctid
            ), written AS (
              INSERT INTO {table} AS mart ({columns})
              SELECT {columns} FROM newest
              WHERE NOT EXISTS (
                SELECT FROM {table} AS stored WHERE stored.{key} = newest.{key} AND stored.{version} >= newest.{version}
              )
              ORDER BY {key}
              ON CONFLICT ({key}) DO UPDATE SET {changing} WHERE mart.{version} < excluded.{version}
              RETURNING xmax = 0 AS inserted
            )
            SELECT count(*) FILTER (WHERE inserted), count(*) FILTER (WHERE NOT inserted) FROM written"""
        self.insert_quarantined = """
            INSERT INTO public.quarantined_messages
              (topic, partition, "offset", recorded_at, key, value, headers, reasons)
            SELECT * FROM unnest(
              %s::text[], %s::integer[], %s::bigint[], %s::timestamptz[], %s::bytea[], %s::bytea[],
              %s::jsonb[], %s::jsonb[])
            ON CONFLICT DO NOTHING
            RETURNING reasons"""
        # A repeated task has changed nothing: what its first run counted stays.
        self.insert_write = """
            INSERT INTO public.spark_writes (query_id, batch_id, partition_id, records, inserted, updated, unchanged,
              quarantined, tombstones, repaired, unknown_fields)
            VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
            ON CONFLICT DO NOTHING"""


Record = dict[str, Any]


class _Task:
    """Writes one partition of a micro-batch; runs on an executor."""

    def __init__(
        self, statements: _Statements, database_url: str, settings: LiteralString, batch_id: int, careful: bool
    ) -> None:
        self._statements = statements
        self._database_url = database_url
        self._settings = settings
        self._batch_id = batch_id
        self._careful = careful

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        written = self._write(batches)
        yield pa.RecordBatch.from_pydict({"written": [written.to_json()]})

    def _write(self, batches: Iterator[pa.RecordBatch]) -> Written:
        first = next(batches, None)
        if first is None:
            return Written()
        write_id = self._write_id(first)
        written = Written(query_ids=Counter({write_id[0]: 1}))
        produced: Counter[int] = Counter()
        connection = _connect(self._database_url)
        try:
            with connection.transaction(), connection.cursor() as cursor:
                cursor.execute(self._settings)
                if first.column("file")[0].is_valid and cursor.execute(_SELECT_WRITE, write_id).fetchone():
                    return Written(done_before=1, query_ids=written.query_ids)
                cursor.execute(self._statements.create_staged)
                for batch in chain([first], batches):
                    self._take(cursor, batch, written)
                    produced.update(_counts(batch.column("produced")))
                if not self._careful:
                    self._merge(cursor, written)
                self._count(cursor, written, write_id)
        except (DataError, IntegrityError):
            if self._careful:
                raise
            return Written(refused=1)
        except BaseException:
            # In what state it is nobody knows; the next task gets a new one.
            _disconnect()
            raise
        written.latency, written.latency_seconds = latency_of(produced, now=time.time_ns() // 1_000_000)
        return written

    def _take(self, cursor: psycopg.Cursor[Any], batch: pa.RecordBatch, written: Written) -> None:
        line = batch.column("line")
        written.records += len(batch)
        written.tombstones += batch.column("tombstone").true_count
        written.unknown_fields += pc.sum(batch.column("unknown_fields")).as_py() or 0
        for repairs, count in _counts(batch.column("repairs")).items():
            if repairs:
                written.repaired.update(dict.fromkeys(repairs.split(","), count))

        if self._careful:
            rows = batch.filter(line.is_valid()).select(["line", *SOURCE]).to_pylist()
            self._merge_each_half(cursor, rows, written)
        else:
            began = time.perf_counter()
            with cursor.copy(self._statements.copy_staged) as copy:
                for start in range(0, len(line), _PIECE_LINES):
                    copy.write(_bytes_of(line, start, min(start + _PIECE_LINES, len(line))))
            written.copy_seconds += time.perf_counter() - began
            written.unchanged += len(line) - line.null_count
        self._quarantine(
            cursor, batch.filter(batch.column("reasons").is_valid()).select([*SOURCE, "reasons"]).to_pylist(), written
        )

    def _merge(self, cursor: psycopg.Cursor[Any], written: Written) -> None:
        """Staged rows into the table. They have been counted as unchanged; what is not is moved."""
        began = time.perf_counter()
        counts = cursor.execute(self._statements.merge_staged).fetchone()
        assert counts is not None, "counts are one row"
        inserted, updated = counts
        written.merge_seconds += time.perf_counter() - began
        written.inserted += inserted
        written.updated += updated
        written.unchanged -= inserted + updated

    def _merge_each_half(self, cursor: psycopg.Cursor[Any], rows: Sequence[Record], written: Written) -> None:
        """Halves the rows until those that the database refuses stand alone, and quarantines them."""
        if not rows:
            return
        tried = Written(unchanged=len(rows))
        try:
            with cursor.connection.transaction():  # within another one, so a savepoint
                with cursor.copy(self._statements.copy_staged) as copy:
                    copy.write("".join(row["line"] for row in rows))
                self._merge(cursor, tried)
                cursor.execute(self._statements.delete_staged)
        except (DataError, IntegrityError):
            if len(rows) == 1:
                self._quarantine(cursor, [{**rows[0], "reasons": _REFUSED}], written)
                return
            half = len(rows) // 2
            self._merge_each_half(cursor, rows[:half], written)
            self._merge_each_half(cursor, rows[half:], written)
        else:
            written.add(tried)

    def _quarantine(self, cursor: psycopg.Cursor[Any], records: Sequence[Record], written: Written) -> None:
        for start in range(0, len(records), _MOST_QUARANTINED_AT_ONCE):
            some = records[start : start + _MOST_QUARANTINED_AT_ONCE]
            plain = [[record[name] for record in some] for name in SOURCE if name != "headers"]
            headers = [_readable(record["headers"]) for record in some]
            cursor.execute(
                self._statements.insert_quarantined, [*plain, headers, [record["reasons"] for record in some]]
            )
            for (stored,) in cursor:
                written.quarantined.update({reason["reason"] for reason in stored})

    def _write_id(self, first: pa.RecordBatch) -> tuple[str, int, int]:
        """Key of spark_writes; of a part of a file always the same, whichever task of whichever run reads it."""
        file, part = (first.column(name)[0].as_py() for name in _SPLIT)
        if file is not None:
            return str(UUID(int=file % 2**64)), part, 0
        context = TaskContext.get()
        assert context is not None, "tasks run on executors"
        return str(context.getLocalProperty("sql.streaming.queryId")), self._batch_id, context.partitionId()

    def _count(self, cursor: psycopg.Cursor[Any], written: Written, write_id: tuple[str, int, int]) -> None:
        cursor.execute(
            self._statements.insert_write,
            [
                *write_id,
                *[
                    written.records,
                    written.inserted,
                    written.updated,
                    written.unchanged,
                    json.dumps(written.quarantined),
                ],
                *[written.tombstones, json.dumps(written.repaired), written.unknown_fields],
            ],
        )


def _counts(column: pa.Array) -> dict[Any, int]:
    """How often each value stands in it, null left out."""
    counted = pc.value_counts(column.drop_null()).to_pylist()
    return {each["values"]: each["counts"] for each in counted}


def _bytes_of(lines: pa.StringArray, start: int, end: int) -> memoryview:
    """The text of these lines as it stands in the array's buffer, where it is contiguous and null takes no place."""
    _, offsets, data = lines.buffers()
    at = memoryview(offsets).cast("i")
    return memoryview(data)[at[lines.offset + start] : at[lines.offset + end]]


def _readable(headers: str | None) -> str:
    """Kafka headers as JSON; of one that stands several times the last. NUL, which jsonb cannot hold, is replaced."""
    # Spark gives bytes in JSON as base64.
    pairs = [(header["key"], b64decode(header.get("value", ""))) for header in json.loads(headers or "[]")]
    return json.dumps(
        {key.replace("\0", "\ufffd"): value.decode(errors="replace").replace("\0", "\ufffd") for key, value in pairs}
    )


_connection: psycopg.Connection | None = None


def _connect(database_url: str) -> psycopg.Connection:
    """The connection of this process, which Spark uses for one task after the other."""
    global _connection
    if _connection is None or _connection.closed or _connection.broken:
        _connection = connect(database_url)
    return _connection


def _disconnect() -> None:
    global _connection
    if _connection is not None:
        _connection.close()
    _connection = None
