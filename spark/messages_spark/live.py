"""The streaming query that writes the topic to the mart. It is restarted whenever it fails."""

import logging
import threading
from typing import cast

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.streaming.query import StreamingQuery

from messages_spark.canonical_rows import add_canonical_rows_of_records
from messages_spark.checkpoint import Checkpoint
from messages_spark.cleaning import clean
from messages_spark.config import Config
from messages_spark.contract import Contract
from messages_spark.follower_delay import FollowerDelay
from messages_spark.http import Health
from messages_spark.kafka_fault import fail_if_kafka_refuses, kafka_fault
from messages_spark.mart import Mart
from messages_spark.metrics import Metrics, Progress, positions_of
from messages_spark.odd_timestamps import OddTimestamps, is_odd_timestamp
from messages_spark.pipeline_entry import AnotherPipelineError, PipelineEntry
from messages_spark.readiness import tasks_done
from messages_spark.set_back import DatabaseSetBackError, fail_if_set_back
from messages_spark.skipped import deleted_ranges, record_skipped
from messages_spark.stall import FIRST_STEP_SECONDS, Work
from messages_spark.topic import TopicOffsets, lag, stream_of_topic
from messages_spark.write_result import WriteResult

_log = logging.getLogger(__name__)
_POLL_SECONDS = 0.5
_POLLS_PER_TOPIC_CHECK = 20
_LONGEST_PAUSE_SECONDS = 30
_FORGET_EVERY_BATCHES = 1000
#: More than the number of tasks of a micro-batch, so that the tasks of different pieces have different numbers.
_TASKS_OF_A_PIECE = 100_000


class LiveWriter:
    """Writes one micro-batch after the other. Unfinished work is repeated from the checkpoint.

    Raises KafkaRefusedError if Kafka refuses the job at its start. Later it is retried, as a rotation may cause it.
    `run` raises AnotherPipelineError before it has read anything.
    """

    def __init__(
        self,
        spark: SparkSession,
        config: Config,
        contract: Contract,
        mart: Mart,
        metrics: Metrics,
        health: Health,
        stopping: threading.Event,
        entry: PipelineEntry,
    ) -> None:
        self._spark = spark
        self._config = config
        self._contract = contract
        self._mart = mart
        self._metrics = metrics
        self._health = health
        self._query: StreamingQuery | None = None
        self._checkpoint: Checkpoint | None = None
        self._stopping = stopping
        self._entry = entry
        self._deleted: dict[int, tuple[int, int]] = {}
        self._pause = 1
        self._waits_for_consumer = False
        self._writing = False
        self._offsets = TopicOffsets(spark, config.kafka, config.kafka_topic)
        self._odd_timestamps = OddTimestamps(spark, config.kafka, config.kafka_topic)
        self._follower_delay = FollowerDelay(
            self._offsets, config.consumer_group_id, config.patience_seconds, stopping.is_set
        )
        fail_if_kafka_refuses(config.kafka, self._offsets)
        self._client = config.kafka.properties()
        # Planning takes seconds, so it happens once and not for each micro-batch.
        self._strict = self._plan(strict=True)
        metrics.watch(self._progress, self._lag)

    def run(self) -> int:
        """Run until told to stop, or until the Spark application has ended. Returns the exit code."""
        while not self._stopping.is_set():
            try:
                self._run_query()
            except AnotherPipelineError:
                raise
            except Exception as error:
                if self._is_gone():
                    _log.error("the Spark application is gone: %s", short(error))
                    return 1
                why = kafka_fault(error) or short(error)
                _log.error("the query failed and restarts in %d s: %s", self._pause, why)
                self._health.down(f"the query failed and is being restarted: {why}")
                self._metrics.restarted()
                self._stopping.wait(self._pause)
                self._pause = min(2 * self._pause, _LONGEST_PAUSE_SECONDS)
        self._stop_query()
        return 0

    def work(self) -> Work | None:
        """The work in progress; None while the query waits for records or a follower waits for the consumer."""
        query = self._query
        if query is None or self._waits_for_consumer or not query.status["isTriggerActive"]:
            return None
        progress = self._progress()
        number = 0 if progress is None else progress["batchId"] + 1
        message = "" if self._writing else f" ({query.status['message']})"
        newest = None if progress is None else progress["timestamp"]
        done = (number, newest, *tasks_done(self._spark.sparkContext))
        name = f"micro-batch {number}{message}"
        return Work(name, done, FIRST_STEP_SECONDS) if progress is None else Work(name, done)

    def _plan(self, strict: bool) -> DataFrame:
        config = self._config
        stream = stream_of_topic(self._spark, self._client, config.kafka_topic, config.batch_records, strict)
        return clean(add_canonical_rows_of_records(stream, self._contract), self._contract)

    def _run_query(self) -> None:
        """Run a query until told to stop or until another one must replace it. Raises the error that ends the query."""
        config = self._config
        client = config.kafka.properties()
        if client != self._client:  # a secret or a certificate was rotated
            self._client = client
            self._strict = self._plan(strict=True)
        self._entry.enter(self._offsets.cluster_id())
        topic_id = self._offsets.topic_id()
        checkpoint = Checkpoint(self._spark, config.checkpoint_dir, config.kafka_topic, topic_id)
        self._checkpoint = checkpoint
        try:
            fail_if_set_back(self._mart, checkpoint, config.kafka_topic, checkpoint.last_batch())
        except DatabaseSetBackError as error:
            _log.error(
                "the database was set back (a failover to a standby that was behind, or an older backup): %s. "
                "The topic is read again from its beginning",
                error,
            )
            checkpoint.supersede()
            self._metrics.rewound()
            return
        beginnings, _ = self._offsets.bounds()
        self._deleted = deleted = deleted_ranges(checkpoint.positions(), beginnings)
        if deleted:
            record_skipped(self._mart, config.kafka_topic, topic_id, deleted)
        # A strict query fails on missing records, so that none is skipped silently. For records that are known to be
        # deleted, another query skips them; it ends after its first micro-batch.
        cleaned = self._plan(strict=False) if deleted else self._strict
        self._query = query = (
            cleaned.writeStream.queryName("messages")
            .option("checkpointLocation", checkpoint.folder)
            .trigger(processingTime=f"{config.trigger_seconds} seconds")
            .foreachBatch(self._write)
            .start()
        )
        _log.info("query %s started (run %s)", query.id, query.runId)
        polls = 0
        while not self._stopping.wait(_POLL_SECONDS):
            if not query.isActive:
                query.awaitTermination()  # raises why
                raise RuntimeError("the query ended unexpectedly")
            if query.lastProgress is not None:
                self._health.up()
                self._pause = 1
                if deleted:
                    self._stop_query()
                    return
            polls += 1
            if polls % _POLLS_PER_TOPIC_CHECK == 0 and self._is_another_topic(topic_id):
                _log.warning("topic %s was recreated; it is read from its beginning", config.kafka_topic)
                self._stop_query()
                return

    def _is_another_topic(self, topic_id: str) -> bool:
        try:
            return self._offsets.topic_id() != topic_id
        except Exception as error:  # Kafka does not answer or the topic is missing: the query reports it
            _log.debug("no topic id: %s", short(error))
            return False

    def _stop_query(self) -> None:
        if self._query is not None and not self._is_gone():
            self._query.stop()

    def _write(self, cleaned: DataFrame, batch_id: int) -> None:
        if self._config.follow:
            self._waits_for_consumer = True
            try:
                self._follower_delay.wait()
            finally:
                self._waits_for_consumer = False
            if self._stopping.is_set():
                raise InterruptedError("stopping")
        topic, checkpoint = self._config.kafka_topic, self._checkpoint
        assert checkpoint is not None
        fail_if_set_back(self._mart, checkpoint, topic, batch_id - 1 if batch_id > 0 else None)
        self._writing = True
        try:
            written = self._written(cleaned, batch_id)
        finally:
            self._writing = False
        self._metrics.count(written)
        ends = {partition: end for partition, (_, end) in (checkpoint.range_of(batch_id) or {}).items()}
        self._mart.store_positions(topic, checkpoint.topic_id, ends)
        _log.info(
            "micro-batch %d: %d records, %d inserted, %d updated, %d unchanged, %d tombstones, %d erased, "
            "newly quarantined %s",
            *(batch_id, written.records, written.inserted, written.updated, written.unchanged, written.tombstones),
            *(written.erased, dict(written.quarantined)),
        )
        if batch_id % _FORGET_EVERY_BATCHES == 0:
            self._mart.forget_old_writes()

    def _written(self, cleaned: DataFrame, batch_id: int) -> WriteResult:
        # The latency of a follower says nothing about the mart: the consumer has written the records before.
        observe_latency = not self._config.follow
        if not self._odd_timestamps.found:
            try:
                return self._mart.write(cleaned, batch_id, observe_latency)
            except Exception as error:
                if not is_odd_timestamp(error):
                    raise
            _log.warning("micro-batch %d has timestamps that are not in milliseconds; the driver reads it", batch_id)
        # The next micro-batch often has such timestamps as well, so it is not tried with Spark's source first.
        written = WriteResult()
        for number, piece in enumerate(self._odd_timestamps.pieces(self._ranges(batch_id)), start=1):
            whole = clean(add_canonical_rows_of_records(piece, self._contract), self._contract)
            written.add(self._mart.write(whole, batch_id, observe_latency, number * _TASKS_OF_A_PIECE))
        return written

    def _ranges(self, batch_id: int) -> dict[int, tuple[int, int]]:
        """Offset ranges of a micro-batch, by partition, without the deleted records that are already recorded."""
        ranges = self._checkpoint.range_of(batch_id) if self._checkpoint is not None else None
        if ranges is None:
            raise RuntimeError(f"the checkpoint has no offsets of micro-batch {batch_id}")
        return {
            partition: (min(max(begin, self._deleted.get(partition, (0, 0))[1]), end), end)
            for partition, (begin, end) in ranges.items()
        }

    def _is_gone(self) -> bool:
        return bool(self._spark.sparkContext._jsc is None or self._spark.sparkContext._jsc.sc().isStopped())

    def _progress(self) -> Progress | None:
        return cast(Progress | None, self._query.lastProgress) if self._query is not None else None

    def _lag(self) -> int | None:
        """The lag behind the current end of the topic; None while unknown."""
        try:
            progress = self._progress()
            positions = positions_of(progress, self._config.kafka_topic) if progress else None
            return None if positions is None else lag(self._offsets.bounds(), positions)
        except Exception as error:  # Kafka does not answer: the lag is unknown
            _log.debug("no lag: %s", short(error))
            return None


def short(error: BaseException) -> str:
    """The first line of an error and its cause. Spark's messages also contain the plan and several stack traces."""
    lines = [line.strip() for line in str(error).strip().splitlines()] or [type(error).__name__]
    causes = [line for line in lines if "Error:" in line or "Exception:" in line]
    first = lines[0][:300]
    return f"{first} ({causes[-1][:300]})" if causes and causes[-1] not in first else first
