"""The driver's side of writing: hands a micro-batch to its tasks (`task.py`), and sums up their results.

Every write keeps the greatest version of a row (docs/adr/0002). So Spark may repeat tasks and micro-batches, and no
task waits for another. Each task counts its rows in the transaction that writes them (table `spark_writes`).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from messages_spark.connection import Session
from messages_spark.contract import Contract
from messages_spark.quarantine import REDRIVE_ENTRY
from messages_spark.statements import (
    INSERT_SKIPPED,
    SELECT_BATCH,
    SELECT_PARTS_DONE,
    SELECT_POSITIONS,
    UPSERT_POSITIONS,
    Statements,
)
from messages_spark.task import SOURCE, SPLIT, Task
from messages_spark.topic import Offsets
from messages_spark.write_result import WriteResult


class Mart:
    """The tables that the job writes to."""

    def __init__(self, contract: Contract, session: Session) -> None:
        self._statements = Statements(contract)
        self._session = session

    def write(
        self, cleaned: DataFrame, batch_id: int, observe_latency: bool = False, first_task: int = 0
    ) -> WriteResult:
        """Write the result of `messages_spark.cleaning.clean`, which has the columns of SOURCE as well, and count it.

        `observe_latency` measures the ages of the records, if `timestamp` is when they were produced. A row that the
        contract accepts and the database refuses is quarantined; all others are written. `first_task` is the number
        of the first task, so that the tasks of different pieces of a micro-batch have different numbers.
        """
        written = self._run(cleaned, batch_id, observe_latency, first_task, careful=False)
        if written.refused:
            # Now the tasks need the original records as well, which is twice the data. Tasks that succeeded the first
            # time write nothing.
            written.refused = 0
            written.add(self._run(cleaned, batch_id, observe_latency, first_task, careful=True))
        return written

    def _run(
        self, cleaned: DataFrame, batch_id: int, observe_latency: bool, first_task: int, careful: bool
    ) -> WriteResult:
        task = Task(self._statements, self._session, batch_id, first_task, careful)
        written = WriteResult()
        task_input = cleaned.select(*_task_columns(cleaned, observe_latency, careful))
        for row in task_input.mapInArrow(task, "written string").collect():
            written.add(WriteResult.from_json(row["written"]))
        return written

    def forget_old_writes(self) -> None:
        """Delete writes that are too old to be repeated, so that the table does not grow without limit."""
        self._execute("DELETE FROM public.spark_writes WHERE written_at < now() - interval '3 days'")

    def forget_writes(self, query_ids: Sequence[str]) -> None:
        """Delete the writes of a finished backfill, so that the next one writes the whole file again."""
        self._execute("DELETE FROM public.spark_writes WHERE query_id = ANY (%s::uuid[])", [query_ids])

    def insert_skipped(self, topic: str, topic_id: str, ranges: Mapping[int, tuple[int, int]]) -> None:
        """Record ranges of offsets, by partition, that Kafka deleted before they were read."""
        for partition, (begin, end) in ranges.items():
            part = {"partition": partition, "begin": begin, "end": end}
            self._execute(INSERT_SKIPPED, self._place(topic, topic_id) | part)

    def has_batch(self, query_id: str, batch_id: int) -> bool:
        """Whether a write of the micro-batch is known. A micro-batch without records has none."""
        return bool(self._execute(SELECT_BATCH, [query_id, batch_id]))

    def positions(self, topic: str, topic_id: str) -> Offsets:
        """The offset after the last record that the mart has from this job, by partition."""
        return dict(self._execute(SELECT_POSITIONS, self._place(topic, topic_id)))

    def store_positions(self, topic: str, topic_id: str, positions: Offsets) -> None:
        """Store the positions after a micro-batch, whose rows are committed."""
        rows = {"partitions": list(positions), "offsets": list(positions.values())}
        self._execute(UPSERT_POSITIONS, self._place(topic, topic_id) | rows)

    def parts_done(self, query_ids: Iterable[str]) -> set[tuple[str, int]]:
        """The parts of files that an earlier run of a backfill wrote, as query id and number."""
        return set(self._execute(SELECT_PARTS_DONE, [list(query_ids)]))

    def _place(self, topic: str, topic_id: str) -> dict[str, object]:
        """What identifies this job's rows of a topic."""
        return {"group": self._session.application_name, "topic": topic, "topic_id": topic_id}

    def _execute(
        self, statement: str, parameters: Sequence[object] | Mapping[str, object] = ()
    ) -> list[tuple[Any, ...]]:
        connection = self._session.connect()
        try:
            with self._session.transaction(connection) as cursor:
                cursor.execute(statement.encode(), parameters)
                return cursor.fetchall() if cursor.description is not None else []
        finally:
            connection.close()


def _task_columns(cleaned: DataFrame, observe_latency: bool, careful: bool) -> list[Column]:
    """The columns that a task gets. A row has only its line, whose bytes go straight to the database.

    Lists and structs are passed as text. Spark measures the size of a batch again after each row, and for a vector of
    lists that means going through all of it, which took more than half of the total time. Times are passed as numbers,
    as Python's times end with the year 9999.
    """
    is_rejected = F.col("kind") == "rejected"
    of_split = {
        name: (F.col(f"split.{name}") if "split" in cleaned.columns else F.lit(None)).cast(type_name)
        for name, type_name in SPLIT.items()
    }
    # Records that the driver has read have times that Spark's timestamps cannot hold.
    time = F.col("milliseconds") if "milliseconds" in cleaned.columns else F.unix_millis("timestamp")
    source = {name: F.col(name) for name in SOURCE} | {"timestamp": time, "headers": F.to_json("headers")}
    is_redriven = F.exists("headers", lambda header: header["key"] == REDRIVE_ENTRY)
    return [
        F.col("line"),
        (F.col("kind") == "tombstone").alias("tombstone"),
        F.array_join("repairs", ",").alias("repairs"),
        F.col("unknown_fields"),
        (time if observe_latency else F.lit(None).cast("bigint")).alias("produced"),
        *[column.alias(name) for name, column in of_split.items()],
        *[(column if careful else F.when(is_rejected, column)).alias(name) for name, column in source.items()],
        F.when(is_rejected, F.to_json("reasons", {"ignoreNullFields": "false"})).alias("reasons"),
        F.when((F.col("kind") == "row") & is_redriven, F.to_json("headers")).alias("redriven"),
    ]
