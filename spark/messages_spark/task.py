"""A task writes one partition of a micro-batch, or one part of a file, in one transaction."""

import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any
from uuid import UUID

import psycopg
import pyarrow as pa
import pyarrow.compute as pc
from psycopg.errors import DataError, IntegrityError
from pyspark import TaskContext

from messages_spark.bisection import find_refused
from messages_spark.connection import Session, connection_of_process, disconnect
from messages_spark.latency import latency_of
from messages_spark.quarantine import Record, parameters_of, pieces_of, redrive_of
from messages_spark.statements import SELECT_IS_ERASING, SELECT_WRITE, SETTLE_REDRIVEN, Statements
from messages_spark.write_result import WriteResult

#: A record and its position in the source: for a line of a file, the file, its part and the line in the part.
SOURCE = ("topic", "partition", "offset", "timestamp", "key", "value", "headers")
#: For a line of a file: a hash of the file's version, and the number of the part. The record after the last line of a
#: part has an `end`, which says how reading the part ended (see `file_parts.py`).
SPLIT = {"file": "bigint", "part": "bigint", "end": "string", "problem": "string", "repeated_headers": "bigint"}

# About 64 KB a piece: PostgreSQL reads a whole piece before it starts on it.
_PIECE_LINES = 256
_REFUSED = json.dumps([{"column": None, "reason": "rejected_by_database"}])
#: How reading a part ended: at its end; at damaged data (the lines before it count); or refused, as the file changed.
DONE, BROKEN, REFUSED = "done", "broken", "refused"


class _PartRefusedError(Exception):
    """No line of the part may be written."""


class Task:
    """Writes one partition of a micro-batch. Runs on an executor."""

    def __init__(self, statements: Statements, session: Session, batch_id: int, first_task: int, careful: bool) -> None:
        self._statements = statements
        self._session = session
        self._batch_id = batch_id
        self._first_task = first_task
        self._careful = careful
        #: Whether any client is erased. Read at the start of the transaction, before any savepoint.
        self._is_erasing = False
        #: Entry, attempt, id and version of each clean record that was sent again from quarantine.
        self._redriven: list[tuple[str, str, str, str]] = []

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        written = self._write(batches)
        yield pa.RecordBatch.from_pydict({"written": [written.to_json()]})

    def _write(self, batches: Iterator[pa.RecordBatch]) -> WriteResult:
        first = next(batches, None)
        if first is None:
            return WriteResult()
        write_id = self._write_id(first)
        written = WriteResult(query_ids=Counter({write_id[0]: 1}))
        self._redriven = []
        produced: Counter[int] = Counter()
        try:
            with self._session.transaction(connection_of_process(self._session)) as cursor:
                if self._careful and cursor.execute(SELECT_WRITE, write_id).fetchone():
                    return WriteResult()  # the first attempt has written and counted it
                (is_erasing,) = cursor.execute(SELECT_IS_ERASING).fetchone() or (False,)
                self._is_erasing = bool(is_erasing)
                cursor.execute(self._statements.create_staged)
                end = None
                for batch in chain([first], batches):
                    end = end_of(batch)
                    written.repeated_headers += pc.sum(batch.column("repeated_headers")).as_py() or 0
                    self._take(cursor, batch.slice(0, len(batch) - 1) if end else batch, written)
                    produced.update(_counts(batch.column("produced")))
                if not self._careful:
                    self._merge(cursor, written)
                self._settle_redriven(cursor)
                if first.column("file")[0].is_valid:
                    self._finish_part(end, written)
                if not written.problems:
                    self._count(cursor, written, write_id)
        except _PartRefusedError as refusal:
            return WriteResult(problems=[str(refusal)])
        except (DataError, IntegrityError):
            if self._careful:
                raise
            return WriteResult(refused=1)
        except BaseException:
            disconnect()
            raise
        written.latency, written.latency_seconds = latency_of(produced, now=time.time_ns() // 1_000_000)
        return written

    def _finish_part(self, end: tuple[str, str | None] | None, written: WriteResult) -> None:
        """Check how reading a part ended. A damaged part is written up to the damage, and does not count as done."""
        if end is None:
            # Spark also ends the input when its reader fails, which would look like the end of the part.
            raise RuntimeError("the part of the file was not read to its end")
        state, problem = end
        if state == REFUSED:
            raise _PartRefusedError(problem)
        if state == BROKEN:
            written.problems.append(str(problem))

    def _take(self, cursor: psycopg.Cursor[Any], batch: pa.RecordBatch, written: WriteResult) -> None:
        line = batch.column("line")
        written.records += len(batch)
        written.tombstones += batch.column("tombstone").true_count
        written.unknown_fields += pc.sum(batch.column("unknown_fields")).as_py() or 0
        for repairs, count in _counts(batch.column("repairs")).items():
            if repairs:
                written.repaired.update(dict.fromkeys(repairs.split(","), count))

        if self._careful:
            rows = batch.filter(line.is_valid()).select(["line", *SOURCE]).to_pylist()
            self._merge_carefully(cursor, rows, written)
        else:
            began = time.perf_counter()
            with cursor.copy(self._statements.copy_staged) as copy:
                for start in range(0, len(line), _PIECE_LINES):
                    copy.write(bytes_of(line, start, min(start + _PIECE_LINES, len(line))))
            written.copy_seconds += time.perf_counter() - began
            written.unchanged += len(line) - line.null_count
        for row in batch.filter(batch.column("redriven").is_valid()).select(["line", "redriven"]).to_pylist():
            self._redriven.append((*redrive_of(row["redriven"]), *self._statements.key_and_version(row["line"])))
        self._quarantine(
            cursor, batch.filter(batch.column("reasons").is_valid()).select([*SOURCE, "reasons"]).to_pylist(), written
        )

    def _merge(self, cursor: psycopg.Cursor[Any], written: WriteResult) -> None:
        """Merge the staged rows into the table. They count as unchanged already; corrects the counts."""
        began = time.perf_counter()
        if self._is_erasing:
            erased = cursor.execute(self._statements.delete_erased).rowcount
            written.erased += erased
            written.unchanged -= erased
        counts = cursor.execute(self._statements.merge_staged).fetchone()
        assert counts is not None, "counts are one row"
        inserted, updated = counts
        written.merge_seconds += time.perf_counter() - began
        written.inserted += inserted
        written.updated += updated
        written.unchanged -= inserted + updated

    def _settle_redriven(self, cursor: psycopg.Cursor[Any]) -> None:
        """Close the quarantined entries of the records that were sent again. Call it after their rows are written."""
        if self._redriven:
            cursor.execute(SETTLE_REDRIVEN, [list(column) for column in zip(*self._redriven, strict=True)])

    def _merge_carefully(self, cursor: psycopg.Cursor[Any], rows: Sequence[Record], written: WriteResult) -> None:
        """Write the rows, and quarantine those that the database refuses."""

        def merge(some: Sequence[Record]) -> None:
            tried = WriteResult(unchanged=len(some))
            with cursor.connection.transaction():  # nested, so a savepoint
                with cursor.copy(self._statements.copy_staged) as copy:
                    copy.write("".join(row["line"] for row in some))
                self._merge(cursor, tried)
                cursor.execute(self._statements.delete_staged)
            written.add(tried)

        for row in find_refused(rows, merge, (DataError, IntegrityError)):
            self._quarantine(cursor, [{**row, "reasons": _REFUSED}], written)

    def _quarantine(self, cursor: psycopg.Cursor[Any], records: Sequence[Record], written: WriteResult) -> None:
        """Store rejected records. If one is refused here as well, a careful task stores it without its content."""
        refusal = ""

        def insert(some: Sequence[Record]) -> None:
            nonlocal refusal
            try:
                with cursor.connection.transaction():
                    self._insert_quarantined(cursor, parameters_of(some), written)
            except (DataError, IntegrityError) as error:
                refusal = error.diag.message_primary or type(error).__name__  # the detail would show values
                raise

        for piece in pieces_of(records):
            if not self._careful:
                self._insert_quarantined(cursor, parameters_of(piece), written)
                continue
            for record in find_refused(piece, insert, (DataError, IntegrityError)):
                self._insert_quarantined(cursor, parameters_of([record], refusal), written)

    def _insert_quarantined(
        self, cursor: psycopg.Cursor[Any], parameters: Sequence[Sequence[Any]], written: WriteResult
    ) -> None:
        cursor.execute(self._statements.insert_quarantined, parameters)
        for (stored,) in cursor:
            if stored is None:
                written.erased += 1
            else:
                written.quarantined.update({reason["reason"] for reason in stored})

    def _write_id(self, first: pa.RecordBatch) -> tuple[str, int, int]:
        """The key in spark_writes. A part of a file has the same key in every run."""
        file, part = (first.column(name)[0].as_py() for name in ("file", "part"))
        if file is not None:
            return str(UUID(int=file % 2**64)), part, 0
        context = TaskContext.get()
        assert context is not None, "tasks run on executors"
        return (
            str(context.getLocalProperty("sql.streaming.queryId")),
            self._batch_id,
            self._first_task + context.partitionId(),
        )

    def _count(self, cursor: psycopg.Cursor[Any], written: WriteResult, write_id: tuple[str, int, int]) -> None:
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
                *[written.tombstones, json.dumps(written.repaired), written.unknown_fields, written.erased],
            ],
        )


def end_of(batch: pa.RecordBatch) -> tuple[str, str | None] | None:
    """State and problem, if the last record is the one that ends a part."""
    state, problem = (batch.column(name)[len(batch) - 1].as_py() for name in ("end", "problem"))
    return None if state is None else (state, problem)


def _counts(column: pa.Array) -> dict[Any, int]:
    """How often each value occurs; nulls are not counted."""
    counted = pc.value_counts(column.drop_null()).to_pylist()
    return {each["values"]: each["counts"] for each in counted}


def bytes_of(lines: pa.StringArray, start: int, end: int) -> memoryview:
    """The text of these lines, from the array's buffer, where it is contiguous and nulls take no space."""
    _, offsets, data = lines.buffers()
    at = memoryview(offsets).cast("i")
    return memoryview(data)[at[lines.offset + start] : at[lines.offset + end]]
